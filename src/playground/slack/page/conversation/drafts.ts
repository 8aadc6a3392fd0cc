const kept = new Map<string, string>();

/** What was typed and not sent, by person and place; it lives as long as the page. */
export const drafts = {
  read: (key: string): string => kept.get(key) ?? "",
  write: (key: string, text: string): void => {
    if (text === "") kept.delete(key);
    else kept.set(key, text);
  },
};
