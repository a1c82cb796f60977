// A QR code read from a camera or from a picture, on this phone alone: no picture leaves it.
//
//   openCamera(video, onText)   ->  a function that closes it again; throws where there is no camera
//   readPicture(file)           ->  the text of the code in a picture, or null
//
// The browser's own BarcodeDetector reads where there is one; zxing-wasm is fetched where not.
// At most one picture is being read at a time.

const EVERY_MS = 120;
const LARGEST_SIDE = 1600;
const LARGEST_FILE = 20 * 1024 * 1024;
const FORMAT = "qr_code";
const WIDTH = 1280;

let reader = null;

/** Call *onText* with every code that the camera sees, until closed. */
export async function openCamera(video, onText) {
  const read = await readerOf();
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: "environment", width: { ideal: WIDTH } },
  });
  video.srcObject = stream;
  await video.play();
  let open = true;
  const canvas = document.createElement("canvas");
  const look = async () => {
    if (!open) return;
    if (video.videoWidth > 0 && document.visibilityState === "visible") {
      const text = await read(drawn(canvas, video, video.videoWidth, video.videoHeight));
      if (open && text !== null) onText(text);
    }
    setTimeout(look, EVERY_MS);
  };
  look();
  return () => {
    open = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
}

/** Return the text of the code in a picture file, or null where none is found. */
export async function readPicture(file) {
  if (file.size > LARGEST_FILE) return null;
  const read = await readerOf();
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return null;
  }
  const shrunk = Math.min(1, LARGEST_SIDE / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width, picture.height].map((side) => Math.round(side * shrunk));
  const text = await read(drawn(document.createElement("canvas"), picture, width, height));
  picture.close();
  return text;
}

function drawn(canvas, source, width, height) {
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, width, height);
  return canvas;
}

function readerOf() {
  reader ??= makeReader().catch((fault) => {
    // Asked again at the next touch: the line may have been dead.
    reader = null;
    throw fault;
  });
  return reader;
}

async function makeReader() {
  const own = await nativeReader();
  if (own !== null) return own;
  const folder = new URL("../vendor/zxing-wasm/", import.meta.url);
  const { prepareZXingModule, readBarcodes } = await import(new URL("es/reader/index.js", folder));
  // Told nothing, it would ask a network of others for its other half.
  const locateFile = (name) => new URL(`reader/${name}`, folder).href;
  await prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });
  return async (canvas) => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const found = await readBarcodes(pixels, { formats: ["QRCode"], maxNumberOfSymbols: 1 });
    return found[0]?.isValid ? found[0].text : null;
  };
}

async function nativeReader() {
  const formats = (await globalThis.BarcodeDetector?.getSupportedFormats()) ?? [];
  if (!formats.includes(FORMAT)) return null;
  const detector = new BarcodeDetector({ formats: [FORMAT] });
  return async (canvas) => (await detector.detect(canvas))[0]?.rawValue ?? null;
}
