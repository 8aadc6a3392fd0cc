/** A piece of formatted text. All of Slack's notations become these, and only these become elements. */
export type TextNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "break" }
  | { readonly kind: "bold" | "italic" | "strike" | "underline"; readonly children: readonly TextNode[] }
  | { readonly kind: "code" | "preformatted"; readonly text: string }
  | { readonly kind: "quote"; readonly children: readonly TextNode[] }
  | { readonly kind: "link"; readonly url: string; readonly children: readonly TextNode[] }
  | { readonly kind: "user" | "channel" | "group"; readonly id: string; readonly label?: string }
  | { readonly kind: "broadcast"; readonly range: string }
  | {
      readonly kind: "date";
      readonly seconds: number;
      readonly format: string;
      readonly url?: string;
      readonly fallback: string;
    }
  | { readonly kind: "emoji"; readonly name: string }
  | { readonly kind: "color"; readonly value: string };

export const textNode = (text: string): TextNode => ({ kind: "text", text });

const allowedProtocols = ["http:", "https:", "mailto:"];

/** The address, if following it cannot run anything here. */
export function safeUrl(address: string): string | undefined {
  const url = URL.parse(address.trim());
  return url && allowedProtocols.includes(url.protocol) ? url.href : undefined;
}

/** The three characters that Slack's text escapes. */
export function unescapeText(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
