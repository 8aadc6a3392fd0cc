import { useEffect } from "preact/hooks";
import { ConfirmDialog } from "./chrome/confirm-dialog.tsx";
import { Inspector } from "./chrome/inspector.tsx";
import { Sidebar } from "./chrome/sidebar.tsx";
import { ToastRegion } from "./chrome/toast-region.tsx";
import { TopBar } from "./chrome/top-bar.tsx";
import { ViewStack } from "./chrome/view-stack.tsx";
import { ChannelView } from "./conversation/channel-view.tsx";
import { ThreadPanel } from "./conversation/thread-panel.tsx";
import { usePage } from "./page-store.ts";
import { useTexts } from "./texts.ts";

/** The whole page. */
export function App() {
  const isReady = usePage((state) => state.me !== undefined);
  const isConnected = usePage((state) => state.pageConnected);
  const locale = usePage((state) => state.me?.locale ?? "en");
  const inspecting = usePage((state) => state.inspecting);
  const thread = usePage((state) => state.thread);
  const sidebarOpen = usePage((state) => state.sidebarOpen);
  const texts = useTexts();
  const unread = usePage((state) => Object.values(state.mentions).reduce((sum, count) => sum + count, 0));
  useEffect(() => {
    document.documentElement.lang = locale.slice(0, 2);
  }, [locale]);
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ""}Jibsa playground`;
  }, [unread]);
  return (
    <div class="app" data-ready={isReady} data-thread={thread !== undefined} data-sidebar={sidebarOpen}>
      <TopBar />
      {isReady && !isConnected && (
        <div class="connection-lost" role="status">
          {texts.reconnecting}
        </div>
      )}
      {isReady && (
        <div class="workspace">
          <Sidebar />
          <ChannelView />
          {thread !== undefined && <ThreadPanel root={thread} />}
          {inspecting && <Inspector />}
        </div>
      )}
      <ViewStack />
      <ConfirmDialog />
      <ToastRegion />
    </div>
  );
}
