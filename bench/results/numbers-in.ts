/** The numbers that a cell shows, such as both of `0.3 / 1.2`, without their units; `null` when it shows something else. */
export function numbersIn(cell: string): readonly number[] | null {
  const parts = cell.replaceAll(/(?<=\d),(?=\d{3})/g, '').split(' / ');
  const numbers = parts.map((part) =>
    Number(/^[<>~]?\s*(-?\d+(?:\.\d+)?)(?:\s*(?:%|x|[a-zµ]+))?$/i.exec(part)?.[1] ?? Number.NaN),
  );
  return numbers.some(Number.isNaN) ? null : numbers;
}
