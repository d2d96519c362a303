/** A strip of pictures of a recording, one of the middle of each tenth. */
export const SPRITE_PICTURES = 10;

/** The number of the picture at a place between 0 and 1. */
export const pictureAt = (place: number): number =>
  Math.min(SPRITE_PICTURES - 1, Math.max(0, Math.floor(place * SPRITE_PICTURES)));
