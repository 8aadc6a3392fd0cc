import type { Locale } from "../store/database.ts";

const REMOVED: Readonly<Record<Locale, string>> = { en: "(link removed)", ko: "(링크 생략)" };

/** Schemes that no Slack client makes a link of and that name data in this field ("s3://bucket/checkpoint"). */
const DATA_SCHEMES = /^(?:s3|gs|hdfs|abfss?|oci|docker|pvc|hf):\/\//i;
const ADDRESS =
  /(?:[a-z][a-z0-9+.-]{1,20}:\/\/|(?<![\w-])(?:(?:mailto|tel|javascript|vbscript):(?=\S)|data:(?=\w+\/))|(?<![\w.:/])\/\/(?=[\w-]+\.)|\bwww\.)[^\s<>"'`)\]}|]*/gi;
const HTML_TAG =
  /<\/?(?:a|b|i|u|s|p|br|hr|em|li|ol|ul|dl|dt|dd|td|th|tr|div|img|kbd|pre|sub|sup|svg|span|code|base|body|form|html|link|meta|font|embed|input|style|table|tbody|thead|audio|video|strong|iframe|object|script|source|button|center|details|summary|h[1-6])(?:\s[^<>]*)?\/?>/gi;
/** Zero-width and direction marks can hide an address from the reader and from these patterns; controls do nothing good. */
const INVISIBLE = /[\p{Cf}\p{Co}]|(?![\n\t])\p{Cc}/gu;
/** For titles and other short texts that are shown as they stand. */
export const withoutHidden = (text: string): string => text.replace(INVISIBLE, "");

const FILE_ENDINGS =
  /\.(?:md|mdx|txt|ya?ml|json|jsonl|toml|ini|cfg|conf|config|env|log|csv|tsv|html?|css|py|ipynb|ts|js|mjs|go|rs|java|sh|bash|sql|pt|pth|bin|safetensors|ckpt|gguf|parquet|tar|gz|zip|png|jpe?g|svg|pdf|lock|so|deb|rpm|crt|pem|key|proto|tpl|tf)$/i;
const DOMAIN =
  /(?<![\w@.`/-])(?:[\w.+-]+@)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,18}(?::\d+)?(?:\/[^\s<>"'`()[\]|]*)?/gi;

/** Every address is replaced: links come from the index by citation number, never from a text. */
function withoutAddresses(text: string, locale: Locale): string {
  return text.replace(ADDRESS, (address) => {
    if (DATA_SCHEMES.test(address)) return address;
    const end = /[.,;:!?]+$/.exec(address)?.[0] ?? "";
    return REMOVED[locale] + end;
  });
}

/**
 * Markdown that a model or a document wrote, made harmless outside of code: no links, images, tags, mentions or
 * addresses. Bare names such as `nvidia.com/gpu` become code, so that no client turns them into links.
 */
export function safeProse(text: string, locale: Locale): string {
  const bare = text
    .replace(INVISIBLE, "")
    .replace(/!\[([^[\]\n]*)\]\((?:[^()\n]|\([^()\n]*\))*\)?/g, "$1")
    .replace(/\[([^[\]\n]*)\]\((?:[^()\n]|\([^()\n]*\))*\)?/g, (_, label: string) =>
      isNumbers(label) ? `[${label}]` : label,
    )
    .replace(/\[([^[\]\n]+)\][ \t]?\[([^[\]\n]*)\]/g, (all, label: string, reference: string) =>
      isNumbers(reference) ? all : isNumbers(label) ? `[${label}]` : label,
    )
    .replace(/^\s{0,3}\[[^\]\n]+\]:\s*\S.*$/gm, "")
    .replace(
      /<(?:[@#!]|https?:|mailto:)([^<>|\n]*)(?:\|([^<>\n]*))?>/gi,
      (all, inside: string, label?: string) =>
        label ?? (/^<[@#!]/.test(all) ? inside.replace(/^subteam\^/, "") : REMOVED[locale]),
    )
    .replace(HTML_TAG, "");
  return withoutAddresses(bare, locale).replace(DOMAIN, (name) =>
    FILE_ENDINGS.test(name) ? name : `\`${name}\``,
  );
}

/** Code keeps its text, without addresses. */
export function safeCode(text: string, locale: Locale): string {
  return withoutAddresses(text.replace(INVISIBLE, ""), locale);
}

function isNumbers(label: string): boolean {
  return /^\^?\s*\d+(?:\s*[,;]\s*\d+)*\s*$/.test(label);
}
