/** Why a copy is not made, whatever is tried. */
export class CopyRefused extends Error {}

/** Why this attempt cannot go on; another one begins with the first byte. */
export class CopyAnew extends Error {}
