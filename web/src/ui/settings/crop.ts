/** The picture's side on the server; 256 pixels are sharp at every size that Parley draws. */
export const SIDE = 256;

/** Which square of the picture is taken: its centre, in picture pixels, and the zoom (1 fits). */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export function centred(size: Size): Crop {
  return { x: size.width / 2, y: size.height / 2, zoom: 1 };
}

/** The side of the square in picture pixels. */
export function sideOf(size: Size, zoom: number): number {
  return Math.min(size.width, size.height) / zoom;
}

/** The same crop, moved so that its square lies inside the picture. */
export function inside(crop: Crop, size: Size): Crop {
  const zoom = Math.min(Math.max(crop.zoom, 1), 4);
  const half = sideOf(size, zoom) / 2;
  const within = (value: number, length: number): number =>
    Math.min(Math.max(value, half), length - half);
  return { x: within(crop.x, size.width), y: within(crop.y, size.height), zoom };
}

/** Draws the square into a canvas of any size. */
export function draw(canvas: HTMLCanvasElement, picture: ImageBitmap, crop: Crop): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const side = sideOf(picture, crop.zoom);
  context.imageSmoothingQuality = 'high';
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.drawImage(
    picture,
    crop.x - side / 2,
    crop.y - side / 2,
    side,
    side,
    0,
    0,
    canvas.width,
    canvas.height,
  );
}

/** The square as a small WebP (or PNG where the browser writes no WebP). */
export function encode(picture: ImageBitmap, crop: Crop): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIDE;
  draw(canvas, picture, crop);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => {
        if (blob) resolve(blob);
        else reject(new Error('The canvas could not be encoded.'));
      },
      'image/webp',
      0.85,
    );
  });
}
