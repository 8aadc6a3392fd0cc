const paths = {
  menu: "M3 6h14M3 10h14M3 14h14",
  close: "M5 5l10 10M15 5L5 15",
  traffic: "M4 7h11l-3-3M16 13H5l3 3",
  sun: "M10 3v2M10 15v2M3 10h2M15 10h2M5 5l1.4 1.4M13.6 13.6L15 15M5 15l1.4-1.4M13.6 6.4L15 5M10 7a3 3 0 100 6 3 3 0 000-6z",
  moon: "M16 12A6.5 6.5 0 018 4a6.5 6.5 0 108 8z",
  contrast: "M10 3a7 7 0 100 14 7 7 0 000-14zM10 3v14M12 5v10M14 6.5v7",
  thread: "M4 5h12v8H9l-3 3v-3H4zM7 8h6M7 10.5h4",
  smile: "M10 3a7 7 0 100 14 7 7 0 000-14zM7.5 8v.5M12.5 8v.5M7 11.5a3.5 3.5 0 006 0",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  send: "M4 4l13 6-13 6 2-6zM6 10h6",
  lightning: "M11 3L5 11h4l-1 6 6-8h-4z",
  chevron: "M6 8l4 4 4-4",
  check: "M4 10.5l4 4 8-9",
  plus: "M10 4v12M4 10h12",
  file: "M6 3h5l4 4v10H6zM11 3v4h4",
  up: "M7 17V9l3-6a2 2 0 012 2v3h4l-1 9zM7 9H4v8h3",
  down: "M13 3v8l-3 6a2 2 0 01-2-2v-3H4l1-9zM13 11h3V3h-3",
  trash: "M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11",
  external: "M8 5H5v10h10v-3M11 4h5v5M16 4l-7 7",
  stop: "M6 6h8v8H6z",
  lock: "M6 9h8v7H6zM8 9V7a2 2 0 014 0v2",
} as const;

export type IconName = keyof typeof paths;

/** A line drawing of 20 by 20; the control around it carries the label. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" data-icon={name}>
      <path d={paths[name]} />
    </svg>
  );
}
