import type { Block, TableCell } from "../block-shapes.ts";
import { RichText } from "../text/rich-text.tsx";
import { withEmoji } from "../text/emoji.ts";

/** A table whose first row is its head. */
export function PlainTable({ block }: { readonly block: Block }) {
  const [header = [], ...rows] = block.rows ?? [];
  const style = (column: number) => {
    const setting = block.column_settings?.[column];
    const align = setting?.align;
    return {
      textAlign: align === "center" || align === "right" ? align : "left",
      whiteSpace: setting?.is_wrapped === true ? "normal" : undefined,
    } as const;
  };
  return (
    <div class="table-frame">
      <table>
        <thead>
          <tr>
            {header.map((cell, column) => (
              <th key={column} scope="col" style={style(column)}>
                <Cell cell={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} style={style(column)}>
                  <Cell cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Cell({ cell }: { readonly cell: TableCell }) {
  if (cell.type === "rich_text") return <RichText elements={cell.elements ?? []} />;
  return <>{withEmoji(cell.text ?? "")}</>;
}
