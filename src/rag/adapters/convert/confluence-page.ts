/** A page of Confluence on its way to the conversion, as JSON. */
export interface ConfluencePageText {
  title: string;
  /** Which anchors its headings have where people open it. */
  anchors: "cloud" | "data-center";
  /** Storage format: https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html */
  storage: string;
}
