/**
 * Every size that Slack checks, in one table. Lengths are UTF-16 code units unless the name says bytes; counts are items.
 * The bot packs its messages by this table and the playground refuses what is over it, so both agree.
 */
export const slackLimits = {
  message: {
    blocks: 50,
    /** chat.postMessage cuts longer text. */
    textCharacters: 40_000,
    /** What Slack advises for `text`. */
    textAdvisedCharacters: 4_000,
    /** chat.update refuses longer text; counted after escaping `&`, `<` and `>`. */
    updateTextBytes: 4_000,
    markdownTextCharacters: 12_000,
    /** Undocumented total over all blocks of one message: `msg_blocks_too_long`. */
    allBlocksCharacters: 12_000,
    tables: 1,
    metadataBytes: 16_384,
    attachments: 100,
  },
  view: {
    blocks: 100,
    titleCharacters: 24,
    submitCharacters: 24,
    closeCharacters: 24,
    privateMetadataCharacters: 3_000,
    callbackIdCharacters: 255,
    externalIdCharacters: 255,
    stackDepth: 3,
    bytes: 256_000,
  },
  identifierCharacters: 255,
  textObjectCharacters: 3_000,
  section: { textCharacters: 3_000, fields: 10, fieldCharacters: 2_000 },
  header: { textCharacters: 150 },
  markdown: { textCharacters: 12_000 },
  context: { elements: 10 },
  contextActions: { elements: 5 },
  actions: { elements: 25 },
  input: { labelCharacters: 2_000, hintCharacters: 2_000 },
  image: { altCharacters: 2_000, titleCharacters: 2_000, urlCharacters: 3_000 },
  video: { titleCharacters: 200, authorCharacters: 50 },
  table: { rows: 100, columns: 20, characters: 10_000 },
  dataTable: { rows: 101, columns: 20, characters: 10_000, pageSize: 100 },
  card: { titleCharacters: 150, subtitleCharacters: 150, bodyCharacters: 200 },
  carousel: { cards: 10 },
  container: { titleCharacters: 150, subtitleCharacters: 150, blocks: 10 },
  button: {
    textCharacters: 75,
    valueCharacters: 2_000,
    urlCharacters: 3_000,
    accessibilityLabelCharacters: 75,
  },
  option: { textCharacters: 75, valueCharacters: 75, descriptionCharacters: 75, urlCharacters: 3_000 },
  select: { options: 100, groups: 100, groupLabelCharacters: 75 },
  choices: { options: 10 },
  overflow: { options: 5 },
  placeholderCharacters: 150,
  confirm: { titleCharacters: 100, textCharacters: 300, buttonCharacters: 30 },
  plainTextInput: { characters: 3_000 },
  fileInput: { files: 10 },
  stream: { markdownTextCharacters: 12_000, chunkBlocks: 50, stopBlocks: 50 },
  assistant: { prompts: 4 },
} as const;
