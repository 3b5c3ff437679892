"""A camera that sees somebody, and a screen with something on it, in place of test patterns.

The browser's own fake devices are opened all the same, for their names and their permissions.
"""

_SCRIPT = """
(({ skin, hair, shirt, wall, long }) => {
  const [FRAMES, SWAY_MS] = [32, 6000];
  window.parleyRate = RATE;
  const open = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = async function (constraints) {
    const stream = await open.call(this, constraints);
    const [camera] = stream.getVideoTracks();
    if (!camera) return stream;
    const settings = camera.getSettings();
    camera.stop();
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
    const brush = canvas.getContext('2d');
    const shape = (colour, draw) => {
      brush.fillStyle = colour;
      brush.beginPath();
      draw();
      brush.fill();
    };
    const oval = (x, y, w, h, turn = 0) => brush.ellipse(x, y, w, h, turn, 0, 7);
    const draw = (turn) => {
      const [x, y] = [320 + 9 * Math.sin(turn), 176 + 4 * Math.sin(2 * turn)];
      const light = brush.createLinearGradient(0, 0, 640, 360);
      light.addColorStop(0, `hsl(${wall} 30% 80%)`);
      light.addColorStop(1, `hsl(${wall} 26% 52%)`);
      shape(light, () => brush.rect(0, 0, 640, 360));
      shape(`hsl(${wall} 24% 46% / 0.35)`, () => brush.roundRect(470, 40, 120, 150, 6));
      shape(`hsl(${wall} 40% 90% / 0.8)`, () => brush.roundRect(480, 50, 100, 130, 4));
      if (long) shape(hair, () => brush.roundRect(x - 80, y - 60, 160, 190, 70));
      shape(shirt, () => brush.roundRect(x * 0.4 + 192 - 150, 282, 300, 160, 74));
      shape(skin, () => brush.roundRect(x - 26, y + 48, 52, 74, 22));
      shape(hair, () => oval(x, y - 22, 76, 84));
      shape(skin, () => oval(x, y, 62, 80));
      shape(hair, () => oval(x - 14, y - 70, 62, 28, -0.16));
      shape('#2b2420', () => { oval(x - 23, y - 4, 5, 6); oval(x + 23, y - 4, 5, 6); });
      brush.strokeStyle = '#7a3b34';
      brush.lineWidth = 4;
      brush.lineCap = 'round';
      brush.beginPath();
      brush.arc(x, y + 22, 22, 0.35, Math.PI - 0.35);
      brush.stroke();
    };
    // Drawn once and shown again and again: a canvas that is captured is read back each time.
    const frames = Array.from({ length: FRAMES }, (_, nth) => {
      draw((nth / FRAMES) * 2 * Math.PI);
      return new VideoFrame(canvas, { timestamp: 0 });
    });
    const track = new MediaStreamTrackGenerator({ kind: 'video' });
    const writer = track.writable.getWriter();
    let timer;
    const again = () => {
      const now = performance.now();
      const frame = frames[Math.floor((now / SWAY_MS) * FRAMES) % FRAMES];
      writer.write(new VideoFrame(frame, { timestamp: Math.round(now * 1000) })).catch(() => {});
      timer = setTimeout(again, 1000 / window.parleyRate);
    };
    again();
    const stop = track.stop;
    track.stop = function () {
      clearTimeout(timer);
      for (const frame of frames.splice(0)) frame.close();
      stop.call(this);
    };
    track.getSettings = () => ({ ...settings, width: 640, height: 360 });
    return new MediaStream([...stream.getAudioTracks(), track]);
  };
})(TOLD);
"""

_LOOKS = (
    ("#f1c9a5", "#c98b3c", "#2f6f73", 200, "true"),
    ("#7b4a2d", "#1d1613", "#d8a13a", 30, "false"),
    ("#e7b48f", "#3a2418", "#7d4f9e", 150, "true"),
    ("#f0c7a8", "#5b4a42", "#3c5a8a", 260, "false"),
    ("#d9a06f", "#16120f", "#b5503f", 95, "true"),
    ("#a56a43", "#2a1b12", "#4f7a3a", 330, "false"),
)

DESK = """
(() => {
  const open = MediaDevices.prototype.getDisplayMedia;
  MediaDevices.prototype.getDisplayMedia = async function (constraints) {
    const stream = await open.call(this, constraints);
    const [screen] = stream.getVideoTracks();
    const settings = screen.getSettings();
    screen.stop();
    const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
    const brush = canvas.getContext('2d');
    const box = (colour, ...at) => {
      brush.fillStyle = colour;
      brush.beginPath();
      brush.roundRect(...at);
      brush.fill();
    };
    const words = (colour, font, text, x, y) => {
      brush.fillStyle = colour;
      brush.font = font + ' Inter Variable, sans-serif';
      brush.fillText(text, x, y);
    };
    const lanes = [
      ['Next', ['Garden beds', 'Rain barrel', 'Seeds for May']],
      ['Doing', ['Paint the shed', 'Tool shelf']],
      ['Done', ['New gate', 'Compost', 'Path to the well']],
    ];
    const draw = () => {
      const now = performance.now() / 1000;
      box('#f4f1ea', 0, 0, 1280, 720, 0);
      words('#26221c', '600 38px', 'Spring plan', 72, 96);
      words('#6d665b', '22px', 'What we do before the first of June', 72, 134);
      lanes.forEach(([name, cards], lane) => {
        const x = 72 + lane * 388;
        box('#e8e3d8', x, 176, 360, 480, 18);
        words('#4d473d', '600 24px', name, x + 26, 222);
        cards.forEach((card, row) => {
          box('#ffffff', x + 20, 246 + row * 108, 320, 90, 12);
          words('#26221c', '22px', card, x + 42, 298 + row * 108);
          box(['#2f8f8b', '#d8a13a', '#5b8a4a'][lane], x + 20, 246 + row * 108, 8, 90, 4);
        });
      });
      brush.fillStyle = '#26221c';
      brush.beginPath();
      const [x, y] = [640 + 130 * Math.sin(now), 420 + 60 * Math.cos(now * 1.3)];
      brush.moveTo(x, y);
      brush.lineTo(x + 8, y + 26);
      brush.lineTo(x + 19, y + 19);
      brush.fill();
    };
    draw();
    const [track] = canvas.captureStream(15).getVideoTracks();
    const timer = setInterval(draw, 1000 / 15);
    const stop = track.stop;
    track.stop = function () { clearInterval(timer); stop.call(this); };
    track.getSettings = () => ({ ...settings, width: 1280, height: 720 });
    return new MediaStream([track]);
  };
})();
"""
"""A script for a page whose screen shows a plan, and a pointer that moves over it."""


def portrait(number: int, rate: int = 15) -> str:
    """A script for a page whose camera shows the person of this number.

    `window.parleyRate` are the pictures a second from then on.
    """
    skin, hair, shirt, wall, long = _LOOKS[number % len(_LOOKS)]
    told = f"{{ skin: '{skin}', hair: '{hair}', shirt: '{shirt}', wall: {wall}, long: {long} }}"
    return _SCRIPT.replace("TOLD", told).replace("RATE", str(rate))
