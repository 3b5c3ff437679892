/** Where each picture of a recording stands. Pure: sizes in, boxes out, in pixels of the canvas. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a recording is made in: its size, and how many pictures of it a second. */
export interface Shape extends Size {
  readonly perSecond: number;
}

export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

/** One thing to be placed; `feed` names its track, null draws the initials. */
export interface Part {
  readonly kind: 'screen' | 'face';
  readonly name: string;
  readonly initials: string;
  /** 0 to 359, the same tint as the person's avatar. */
  readonly hue: number;
  readonly feed: string | null;
}

export interface Tile extends Part {
  readonly box: Box;
  /** It fills the whole canvas: no rounded corners. */
  readonly bare: boolean;
  /** A name on one's own recording of oneself would be noise. */
  readonly named: boolean;
}

export interface Scene extends Size {
  readonly tiles: readonly Tile[];
}

/** Sixteen to nine, as the tiles of a call. */
const RATIO = 16 / 9;

/** Of the canvas's width: enough to know a face beside a screen. */
const STRIP = 0.2;

/** Of the canvas's height, between tiles and around them. */
const GAP = 0.015;

/** Screens take the stage with the faces in a strip beside; without one the faces fill a grid. */
export function arrange(
  screens: readonly Part[],
  faces: readonly Part[],
  canvas: Size,
): readonly Tile[] {
  const [stage, ...others] = screens;
  const beside = [...others, ...faces];
  if (stage === undefined) return grid(faces, canvas);
  if (beside.length === 0) return [whole(stage, canvas, false)];
  const [only] = beside;
  if (beside.length === 1 && only !== undefined) return corner(stage, only, canvas);
  return strip(stage, beside, canvas);
}

function whole(part: Part, { width, height }: Size, named: boolean): Tile {
  return { ...part, box: { x: 0, y: 0, width, height }, bare: true, named };
}

/** One face in a corner of a screen, as a speaker beside slides. */
function corner(stage: Part, face: Part, canvas: Size): Tile[] {
  const gap = 2 * gapOf(canvas);
  const width = Math.round(canvas.width * STRIP);
  const height = Math.round(width / RATIO);
  const box = { x: canvas.width - width - gap, y: canvas.height - height - gap, width, height };
  return [whole(stage, canvas, false), { ...face, box, bare: false, named: false }];
}

function strip(stage: Part, beside: readonly Part[], canvas: Size): Tile[] {
  const gap = gapOf(canvas);
  const each = (canvas.height - gap) / beside.length - gap;
  const width = Math.floor(Math.min(canvas.width * STRIP, each * RATIO));
  const height = Math.floor(width / RATIO);
  const left = canvas.width - width - gap;
  const top = Math.round((canvas.height - beside.length * (height + gap) + gap) / 2);
  const tiles = beside.map((part, index) => ({
    ...part,
    box: { x: left, y: top + index * (height + gap), width, height },
    bare: false,
    named: true,
  }));
  const box = { x: gap, y: gap, width: left - 2 * gap, height: canvas.height - 2 * gap };
  return [{ ...stage, box, bare: false, named: true }, ...tiles];
}

/** As many columns as give the largest tiles; the last row stands in the middle. */
function grid(parts: readonly Part[], canvas: Size): Tile[] {
  const [only] = parts;
  if (only === undefined) return [];
  if (parts.length === 1) return [whole(only, canvas, false)];
  const gap = gapOf(canvas);
  let best = { columns: 1, width: 0 };
  for (let columns = 1; columns <= parts.length; columns += 1) {
    const rows = Math.ceil(parts.length / columns);
    const wide = (canvas.width - gap) / columns - gap;
    const high = ((canvas.height - gap) / rows - gap) * RATIO;
    const width = Math.floor(Math.min(wide, high));
    if (width > best.width) best = { columns, width };
  }
  const { columns, width } = best;
  const height = Math.floor(width / RATIO);
  const rows = Math.ceil(parts.length / columns);
  const top = Math.round((canvas.height - rows * (height + gap) + gap) / 2);
  return parts.map((part, index) => {
    const row = Math.floor(index / columns);
    const inRow = row === rows - 1 ? parts.length - row * columns : columns;
    const left = Math.round((canvas.width - inRow * (width + gap) + gap) / 2);
    const x = left + (index % columns) * (width + gap);
    return {
      ...part,
      box: { x, y: top + row * (height + gap), width, height },
      bare: false,
      named: true,
    };
  });
}

function gapOf({ height }: Size): number {
  return Math.round(height * GAP);
}

/** The part of a picture that fills a box of another shape: what is over at the sides is cut. */
export function cover(picture: Size, box: Size): Box {
  const scale = Math.min(picture.width / box.width, picture.height / box.height);
  const width = box.width * scale;
  const height = box.height * scale;
  return { x: (picture.width - width) / 2, y: (picture.height - height) / 2, width, height };
}

/** Where in a box a picture is seen whole. */
export function contain(picture: Size, box: Box): Box {
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  const width = picture.width * scale;
  const height = picture.height * scale;
  return {
    x: box.x + (box.width - width) / 2,
    y: box.y + (box.height - height) / 2,
    width,
    height,
  };
}
