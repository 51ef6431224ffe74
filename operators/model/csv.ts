/** A cell as CSV has it: quoted where it holds a comma, a quote or a line break; null is empty. */
export function cellText(cell: string | number | null): string {
  if (cell === null) return '';
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
