import { useState } from "preact/hooks";
import type { Block, RichTextPart, TableCell } from "../block-shapes.ts";
import { useTexts } from "../texts.ts";
import { Cell } from "./plain-table.tsx";

interface Order {
  readonly column: number;
  readonly isDown: boolean;
}

const usualPageSize = 10;

/** A table with a caption that sorts by a column and turns pages. */
export function DataTable({ block }: { readonly block: Block }) {
  const texts = useTexts();
  const [order, setOrder] = useState<Order>();
  const [page, setPage] = useState(0);
  const [header = [], ...rows] = block.rows ?? [];
  const sorted = order
    ? rows.toSorted((one, other) => compare(one[order.column], other[order.column]) * (order.isDown ? -1 : 1))
    : rows;
  const size = block.page_size ?? usualPageSize;
  const start = Math.min(page, Math.max(0, Math.ceil(rows.length / size) - 1)) * size;
  const sortBy = (column: number) => {
    setOrder({ column, isDown: order?.column === column && !order.isDown });
    setPage(0);
  };
  return (
    <figure class="data-table">
      <figcaption>{block.caption}</figcaption>
      <div class="table-frame">
        <table>
          <thead>
            <tr>
              {header.map((cell, column) => (
                <th
                  key={column}
                  scope="col"
                  data-number={isNumber(rows[0]?.[column])}
                  aria-sort={
                    order?.column === column ? (order.isDown ? "descending" : "ascending") : undefined
                  }
                >
                  <button
                    type="button"
                    class="sort-button"
                    title={texts.sortBy(cell.text ?? "")}
                    onClick={() => sortBy(column)}
                  >
                    <Cell cell={cell} />
                    {order?.column === column && <span aria-hidden="true">{order.isDown ? " ↓" : " ↑"}</span>}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(start, start + size).map((row, index) => (
              <tr key={index}>
                {row.map((cell, column) =>
                  column === block.row_header_column_index ? (
                    <th key={column} scope="row">
                      <Cell cell={cell} />
                    </th>
                  ) : (
                    <td key={column} data-number={isNumber(cell)}>
                      <Cell cell={cell} />
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > size && (
        <div class="table-pages">
          <button type="button" class="button" disabled={start === 0} onClick={() => setPage(page - 1)}>
            {texts.previous}
          </button>
          <span>{texts.rows(start + 1, Math.min(rows.length, start + size), rows.length)}</span>
          <button
            type="button"
            class="button"
            disabled={start + size >= rows.length}
            onClick={() => setPage(page + 1)}
          >
            {texts.next}
          </button>
        </div>
      )}
    </figure>
  );
}

function isNumber(cell: TableCell | undefined): boolean {
  return cell?.type === "raw_number";
}

function compare(one: TableCell | undefined, other: TableCell | undefined): number {
  if (one?.value !== undefined && other?.value !== undefined) return one.value - other.value;
  return textOf(one).localeCompare(textOf(other), undefined, { numeric: true });
}

function textOf(cell: TableCell | undefined): string {
  const flatten = (part: RichTextPart): string => part.text ?? (part.elements ?? []).map(flatten).join("");
  return cell?.text ?? (cell?.elements ?? []).map(flatten).join(" ");
}
