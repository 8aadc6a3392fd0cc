import { actAs } from "../act-as.ts";
import { usePage } from "../page-store.ts";
import { useTexts } from "../texts.ts";
import { Avatar } from "./avatar.tsx";
import { MenuButton } from "./menu-button.tsx";
import { Icon } from "./icon.tsx";

/** Who acts: everything on the page is seen and done as this person. */
export function PersonSwitcher() {
  const texts = useTexts();
  const me = usePage((state) => state.me);
  const people = usePage((state) => state.people);
  if (!me) return null;
  return (
    <MenuButton
      class="bar-button person-switcher"
      label={`${texts.actingAs}: ${me.real_name}`}
      items={[...people.values()]
        .filter((person) => !person.is_bot)
        .map((person) => ({
          key: person.id,
          label: person.real_name,
          hint: `@${person.name} · ${person.profile.title}`,
          checked: person.id === me.id,
          picture: <Avatar person={person} />,
          choose: () => actAs(person.name),
        }))}
    >
      <Avatar person={me} />
      <span class="person-text">
        <span class="person-label">{texts.actingAs}</span>
        <span class="person-name">{me.real_name}</span>
      </span>
      <Icon name="chevron" />
    </MenuButton>
  );
}
