import { contain, cover, type Scene, type Tile } from './scene';

/** A picture at this moment, with its own size. */
export interface Frame {
  readonly image: CanvasImageSource;
  readonly width: number;
  readonly height: number;
}

/** Both kinds of canvas: in the page, and in a worker. */
export type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** The dark ground of a call, whatever the page's theme: a recording has none. */
const GROUND = '#191714';
const STAGE = '#000';
const PLATE = 'rgb(16 15 13 / 0.62)';
const LETTERS = '#fff';
const FONT = "'Inter Variable', system-ui, sans-serif";

/** Draws a scene; `frameOf` gives the newest picture of a feed, null until there is one. */
export function paint(
  context: Context,
  scene: Scene,
  frameOf: (feed: string) => Frame | null,
): void {
  context.fillStyle = GROUND;
  context.fillRect(0, 0, scene.width, scene.height);
  const rounding = scene.height / 54;
  for (const tile of scene.tiles) {
    const { x, y, width, height } = tile.box;
    context.save();
    context.beginPath();
    if (tile.bare) context.rect(x, y, width, height);
    else context.roundRect(x, y, width, height, rounding);
    context.clip();
    const frame = tile.feed === null ? null : frameOf(tile.feed);
    if (frame !== null) paintFrame(context, tile, frame);
    else paintInitials(context, tile);
    if (tile.named) paintName(context, tile, scene.height);
    context.restore();
  }
}

function paintFrame(context: Context, { box, kind }: Tile, frame: Frame): void {
  if (kind === 'screen') {
    context.fillStyle = STAGE;
    context.fillRect(box.x, box.y, box.width, box.height);
    const whole = contain(frame, box);
    context.drawImage(frame.image, whole.x, whole.y, whole.width, whole.height);
    return;
  }
  const part = cover(frame, box);
  context.drawImage(
    frame.image,
    ...([part.x, part.y, part.width, part.height] as const),
    ...([box.x, box.y, box.width, box.height] as const),
  );
}

function paintInitials(context: Context, { box, hue, initials, kind }: Tile): void {
  context.fillStyle = kind === 'screen' ? STAGE : `oklch(0.3 0.03 ${hue})`;
  context.fillRect(box.x, box.y, box.width, box.height);
  if (kind === 'screen') return;
  const radius = Math.min(box.width, box.height) / 5;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  context.beginPath();
  context.arc(middle.x, middle.y, radius, 0, 2 * Math.PI);
  context.fillStyle = `oklch(0.5 0.09 ${hue})`;
  context.fill();
  context.font = `600 ${radius * 0.8}px ${FONT}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = LETTERS;
  context.fillText(initials, middle.x, middle.y + radius * 0.05);
}

function paintName(context: Context, { box, name }: Tile, height: number): void {
  const letters = Math.max(12, height / 48);
  const gap = letters * 0.5;
  context.font = `500 ${letters}px ${FONT}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const shown = fitting(context, name, box.width - 4 * gap);
  const plate = { width: context.measureText(shown).width + 2 * gap, height: letters * 1.6 };
  const corner = { x: box.x + gap, y: box.y + box.height - plate.height - gap };
  context.beginPath();
  context.roundRect(corner.x, corner.y, plate.width, plate.height, letters * 0.4);
  context.fillStyle = PLATE;
  context.fill();
  context.fillStyle = LETTERS;
  context.fillText(shown, corner.x + gap, corner.y + plate.height / 2 + letters * 0.06);
}

/** The name, cut with an ellipsis where the tile is too narrow for it. */
function fitting(context: Context, name: string, width: number): string {
  const letters = [...name];
  let shown = name;
  while (letters.length > 1 && context.measureText(shown).width > width) {
    letters.pop();
    shown = `${letters.join('').trimEnd()}…`;
  }
  return shown;
}
