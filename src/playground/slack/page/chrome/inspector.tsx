import { useEffect, useState } from "preact/hooks";
import { loadTraffic } from "../load-workspace.ts";
import { pageStore, usePage } from "../page-store.ts";
import type { TrafficEntry } from "../slack-shapes.ts";
import { useTexts } from "../texts.ts";
import { Icon } from "./icon.tsx";

const shownEntries = 200;

/** What the app and the workspace told each other, newest first. */
export function Inspector() {
  const texts = useTexts();
  const traffic = usePage((state) => state.traffic);
  const [filter, setFilter] = useState("");
  useEffect(() => void loadTraffic(), []);
  const wanted = filter.trim().toLowerCase();
  const entries = traffic
    .filter((entry) => `${entry.name} ${entry.kind} ${entry.outcome}`.toLowerCase().includes(wanted))
    .slice(-shownEntries)
    .toReversed();
  return (
    <aside class="inspector" aria-label={texts.inspector}>
      <header class="channel-head">
        <h2>{texts.inspector}</h2>
        <input
          class="input"
          type="search"
          placeholder={texts.filter}
          aria-label={texts.filter}
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
        <button
          type="button"
          class="icon-button"
          aria-label={texts.close}
          onClick={() => pageStore.set({ inspecting: false })}
        >
          <Icon name="close" />
        </button>
      </header>
      <div class="traffic">
        {entries.length === 0 && <p class="hint">{texts.nothingYet}</p>}
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </div>
    </aside>
  );
}

function Entry({ entry }: { readonly entry: TrafficEntry }) {
  const texts = useTexts();
  const [isOpen, setOpen] = useState(false);
  const isIn = entry.direction === "from-app";
  return (
    <details class="traffic-entry" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span
          class="traffic-way"
          data-way={entry.direction}
          title={isIn ? "app → workspace" : "workspace → app"}
        >
          {isIn ? "→" : "←"}
        </span>
        <span class="traffic-name">{entry.name}</span>
        <span class="traffic-outcome" data-ok={["ok", "acked"].includes(entry.outcome)}>
          {entry.outcome}
        </span>
        <span class="traffic-time">{Math.round(entry.durationMs)} ms</span>
        <span class="traffic-time">{new Date(entry.at).toLocaleTimeString("en-GB")}</span>
      </summary>
      {isOpen && (
        <>
          <div class="hint">
            {entry.kind} · {texts.request}
          </div>
          <pre>
            <code>{JSON.stringify(entry.request, null, 2)}</code>
          </pre>
          <div class="hint">{texts.response}</div>
          <pre>
            <code>{JSON.stringify(entry.response, null, 2)}</code>
          </pre>
        </>
      )}
    </details>
  );
}
