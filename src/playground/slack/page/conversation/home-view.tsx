import { BlockList } from "../blocks/block-list.tsx";
import { usePage } from "../page-store.ts";
import { useTexts } from "../texts.ts";

/** The app's Home for the acting person. */
export function HomeView() {
  const texts = useTexts();
  const home = usePage((state) => state.home);
  return (
    <div class="home" role="tabpanel" aria-label={texts.home}>
      {home ? (
        <BlockList
          kind="home"
          surfaceKey={home.id}
          place={{ view_id: home.id }}
          blocks={home.blocks}
          known={home.state.values}
        />
      ) : (
        <p class="channel-start">{texts.emptyHome}</p>
      )}
    </div>
  );
}
