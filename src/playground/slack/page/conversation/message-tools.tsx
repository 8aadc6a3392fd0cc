import { askFirst } from "../chrome/confirm-dialog.tsx";
import { Icon } from "../chrome/icon.tsx";
import { MenuButton, type MenuItem } from "../chrome/menu-button.tsx";
import { doAs } from "../call-page.ts";
import { openThread, permalinkOf } from "../navigate.ts";
import { usePage } from "../page-store.ts";
import type { Message } from "../slack-shapes.ts";
import { commonReactions } from "../text/emoji.ts";
import { Emoji } from "../text/text-nodes.tsx";
import { useTexts } from "../texts.ts";
import { showToast } from "../toasts.ts";

interface MessageToolsProps {
  readonly message: Message;
  readonly inThread: boolean;
  readonly onEdit: () => void;
  readonly onMenu: (isOpen: boolean) => void;
}

/** What can be done with a message: react, reply, copy its link, the app's shortcuts, edit or delete one's own. */
export function MessageTools({ message, inThread, onEdit, onMenu }: MessageToolsProps) {
  const texts = useTexts();
  const isMine = usePage((state) => state.me?.id === message.user);
  const shortcuts = usePage((state) => state.shortcuts);
  const { channel, ts } = message;
  if (message.is_ephemeral === true) return null;
  const root = message.thread_ts ?? ts;
  const remove = async () => {
    const plain = (text: string) => ({ type: "plain_text", text }) as const;
    const sure = await askFirst({
      title: plain(texts.remove),
      text: plain(texts.removeSure),
      confirm: plain(texts.remove),
      style: "danger",
    });
    if (sure) await doAs("delete", { channel, ts });
  };
  const copy = () => {
    navigator.clipboard.writeText(permalinkOf(channel, ts, message.thread_ts)).then(
      () => showToast(texts.linkCopied, "info"),
      () => showToast(permalinkOf(channel, ts, message.thread_ts), "info"),
    );
  };
  const items: MenuItem[] = [
    { key: "link", label: texts.copyLink, choose: copy },
    ...shortcuts
      .filter((shortcut) => shortcut.type === "message")
      .map((shortcut) => ({
        key: shortcut.callback_id,
        label: shortcut.name,
        hint: "Jibsa",
        choose: () => void doAs("shortcut", { callback_id: shortcut.callback_id, channel, ts }),
      })),
    ...(isMine
      ? [
          { key: "edit", label: texts.edit, choose: onEdit },
          { key: "delete", label: texts.remove, isDanger: true, choose: () => void remove() },
        ]
      : []),
  ];
  return (
    <div class="message-tools">
      <MenuButton
        class="icon-button"
        label={texts.react}
        onOpenChange={onMenu}
        items={commonReactions.map((name) => ({
          key: name,
          label: (
            <>
              <Emoji name={name} /> {name}
            </>
          ),
          choose: () => void doAs("react", { channel, ts, name }),
        }))}
      >
        <Icon name="smile" />
      </MenuButton>
      {!inThread && (
        <button
          type="button"
          class="icon-button"
          aria-label={texts.replyInThread}
          title={texts.replyInThread}
          onClick={() => openThread(channel, root)}
        >
          <Icon name="thread" />
        </button>
      )}
      <MenuButton class="icon-button" label={texts.moreActions} items={items} onOpenChange={onMenu}>
        <Icon name="more" />
      </MenuButton>
    </div>
  );
}
