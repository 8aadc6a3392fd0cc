import { useState } from "preact/hooks";
import { pageStore, usePage } from "../page-store.ts";
import { useTexts } from "../texts.ts";
import { applyTheme, readTheme, themes } from "../theme.ts";
import { Icon, type IconName } from "./icon.tsx";
import { PersonSwitcher } from "./person-switcher.tsx";

const themeIcons = { system: "contrast", light: "sun", dark: "moon" } as const satisfies Record<
  string,
  IconName
>;

/** Says that this is a simulation, and by whom it is seen. */
export function TopBar() {
  const texts = useTexts();
  const inspecting = usePage((state) => state.inspecting);
  const sidebarOpen = usePage((state) => state.sidebarOpen);
  const connected = usePage((state) => state.appConnected);
  return (
    <header class="top-bar">
      <button
        type="button"
        class="bar-button menu-button"
        aria-label={texts.menu}
        aria-expanded={sidebarOpen}
        onClick={() => pageStore.set({ sidebarOpen: !sidebarOpen })}
      >
        <Icon name="menu" />
      </button>
      <div class="playground-label" title={texts.playgroundHint}>
        <strong>{texts.playground}</strong>
        <span class="playground-hint">{texts.playgroundHint}</span>
      </div>
      <span class="app-state" data-connected={connected} role="status">
        <span class="dot" aria-hidden="true" />
        <span class="app-state-text">{connected ? texts.appOnline : texts.appOffline}</span>
      </span>
      <PersonSwitcher />
      <ThemeButton />
      <button
        type="button"
        class="bar-button"
        aria-pressed={inspecting}
        title={texts.inspectorHint}
        onClick={() => pageStore.set({ inspecting: !inspecting })}
      >
        <Icon name="traffic" />
        <span class="bar-button-text">{texts.inspector}</span>
      </button>
    </header>
  );
}

function ThemeButton() {
  const texts = useTexts();
  const [theme, setTheme] = useState(readTheme);
  const names = { system: texts.themeSystem, light: texts.themeLight, dark: texts.themeDark };
  const change = () => {
    const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? "system";
    applyTheme(next);
    setTheme(next);
  };
  const label = `${texts.theme}: ${names[theme]}`;
  return (
    <button type="button" class="bar-button" aria-label={label} title={label} onClick={change}>
      <Icon name={themeIcons[theme]} />
    </button>
  );
}
