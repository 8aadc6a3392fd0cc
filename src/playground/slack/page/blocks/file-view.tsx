import { useEffect, useState } from "preact/hooks";
import { Icon } from "../chrome/icon.tsx";
import type { FileObject } from "../slack-shapes.ts";
import { useTexts } from "../texts.ts";

const previewCharacters = 2_000;
const previewBytes = 512 * 1024;

/** A file: pictures and text are shown, everything can be downloaded. */
export function FileView({ file }: { readonly file: FileObject }) {
  const texts = useTexts();
  const address = `/_page/files/${encodeURIComponent(file.id)}`;
  const head = (
    <div class="file-head">
      <Icon name="file" />
      <span class="file-name">{file.title}</span>
      <span class="hint">
        {file.pretty_type} · {sizeOf(file.size)}
      </span>
      <a class="link-button" href={address} download={file.name}>
        {texts.download}
      </a>
    </div>
  );
  if (file.mimetype.startsWith("image/"))
    return (
      <figure class="file">
        {head}
        <a href={address} target="_blank" rel="noopener noreferrer">
          <img class="image" src={address} alt={file.alt_txt ?? file.title} loading="lazy" />
        </a>
      </figure>
    );
  return (
    <div class="file">
      {head}
      {file.mimetype.startsWith("text/") && file.size <= previewBytes && <TextPreview address={address} />}
    </div>
  );
}

function TextPreview({ address }: { readonly address: string }) {
  const texts = useTexts();
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    fetch(address).then(
      async (response) => setText(response.ok ? await response.text() : ""),
      () => undefined,
    );
  }, [address]);
  if (text === "") return null;
  const isLong = text.length > previewCharacters || text.split("\n").length > 12;
  return (
    <>
      <pre class="file-preview" data-open={isOpen}>
        <code>{isOpen ? text : text.slice(0, previewCharacters)}</code>
      </pre>
      {isLong && (
        <button type="button" class="link-button" onClick={() => setOpen(!isOpen)}>
          {isOpen ? texts.showLess : texts.showMore}
        </button>
      )}
    </>
  );
}

function sizeOf(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  if (bytes < 1_048_576) return `${(bytes / 1_024).toFixed(1)} KiB`;
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
