/** Where one picture stands on the stage, in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Room {
  readonly width: number;
  readonly height: number;
}

const RATIO = 16 / 9;
export const GAP = 8;

/** Equal 16:9 tiles, as large as they can be; the last row stands in the middle. */
export function grid(count: number, room: Room): Place[] {
  if (count === 0) return [];
  const { columns, width } = bestGrid(count, room);
  const height = width / RATIO;
  const rows = Math.ceil(count / columns);
  const top = (room.height - rows * height - (rows - 1) * GAP) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = row === rows - 1 ? count - row * columns : columns;
    const left = (room.width - inRow * width - (inRow - 1) * GAP) / 2;
    return {
      x: left + (index - row * columns) * (width + GAP),
      y: top + row * (height + GAP),
      width,
      height,
    };
  }).map(whole);
}

/** One large picture, and the others small beside it, or beneath it where the room is tall. */
export function spotlight(others: number, room: Room): { large: Place; small: Place[] } {
  if (others === 0) return { large: fitted({ x: 0, y: 0, ...room }), small: [] };
  const beside = besideSize(others, room);
  const beneath = beneathSize(others, room);
  const area = (size: Room): number => Math.min(size.width, size.height * RATIO);
  const forBeside = { width: room.width - beside.width - GAP, height: room.height };
  const forBeneath = { width: room.width, height: room.height - beneath.height - GAP };
  return area(forBeside) >= area(forBeneath)
    ? besides(others, room, beside, forBeside)
    : beneaths(others, room, beneath, forBeneath);
}

function besides(others: number, room: Room, size: Room, left: Room) {
  const large = fitted({ x: 0, y: 0, ...left });
  const tall = others * size.height + (others - 1) * GAP;
  // The two stand together in the middle.
  const shift = (left.width - large.width) / 2;
  const small = Array.from({ length: others }, (_, index) => ({
    x: room.width - size.width - shift,
    y: (room.height - tall) / 2 + index * (size.height + GAP),
    ...size,
  }));
  return { large: whole(large), small: small.map(whole) };
}

function beneaths(others: number, room: Room, size: Room, above: Room) {
  const large = fitted({ x: 0, y: 0, ...above });
  const broad = others * size.width + (others - 1) * GAP;
  const shift = (above.height - large.height) / 2;
  const small = Array.from({ length: others }, (_, index) => ({
    x: (room.width - broad) / 2 + index * (size.width + GAP),
    y: room.height - size.height - shift,
    ...size,
  }));
  return { large: whole(large), small: small.map(whole) };
}

/** A fifth of the width, or less where the room is low or many stand above each other. */
function besideSize(count: number, room: Room): Room {
  const height = Math.min(room.height * 0.6, (room.height - (count - 1) * GAP) / count);
  const width = Math.max(0, Math.min(room.width * 0.22, height * RATIO));
  return { width, height: width / RATIO };
}

/** A quarter of the height, less than half of the width, or less where many stand in the row. */
function beneathSize(count: number, room: Room): Room {
  const width = Math.min(room.width * 0.4, (room.width - (count - 1) * GAP) / count);
  const height = Math.max(0, Math.min(room.height * 0.25, width / RATIO));
  return { width: height * RATIO, height };
}

/** A shape nearer to the room's is worth a little of a tile's size. */
const NEARLY = 0.85;

function bestGrid(count: number, room: Room): { columns: number; width: number } {
  const ways = Array.from({ length: count }, (_, index) => {
    const columns = index + 1;
    const rows = Math.ceil(count / columns);
    const across = (room.width - index * GAP) / columns;
    const down = ((room.height - (rows - 1) * GAP) / rows) * RATIO;
    return { columns, width: Math.max(0, Math.min(across, down)) };
  });
  const most = Math.max(...ways.map(({ width }) => width));
  return ways.findLast(({ width }) => width >= most * NEARLY) ?? { columns: 1, width: 0 };
}

/** The largest 16:9 place in the middle of another. */
function fitted({ x, y, width, height }: Place): Place {
  const across = Math.max(0, Math.min(width, height * RATIO));
  const down = across / RATIO;
  return { x: x + (width - across) / 2, y: y + (height - down) / 2, width: across, height: down };
}

/** Half pixels blur what is written on a tile. */
function whole({ x, y, width, height }: Place): Place {
  return {
    x: Math.round(x),
    y: Math.round(y),
    width: Math.floor(width),
    height: Math.floor(height),
  };
}
