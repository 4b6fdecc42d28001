const TIME_DIGITS = 15;
const RANDOM_DIGITS = 12;

/**
 * An id of digits only, which sort alike everywhere: the time, then chance. The order of ids is that of the times.
 *
 * @param at - milliseconds since 1970
 * @param chance - from 0 up to 1
 */
export function requestRowId(at: number, chance: number): string {
  return (
    firstIdAt(at).slice(0, TIME_DIGITS) + digits(Math.floor(chance * 10 ** RANDOM_DIGITS), RANDOM_DIGITS)
  );
}

/** The lowest id that a row of this time can have; every id of an earlier one is below it. */
export function firstIdAt(at: number): string {
  return digits(Math.max(0, Math.floor(at)), TIME_DIGITS) + '0'.repeat(RANDOM_DIGITS);
}

/** Whether a text can be an id. */
export function isRequestRowId(text: string): boolean {
  return /^\d{27}$/.test(text);
}

const digits = (value: number, count: number): string => value.toFixed(0).padStart(count, '0');
