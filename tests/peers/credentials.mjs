// Offline codes and selective disclosure as others read and write them: @auth0/cose and
// @sd-jwt/core. One order as JSON on standard input, one answer as JSON on standard output.

import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { COSEKey, Sign1 } from "@auth0/cose";
import { SDJwtInstance } from "@sd-jwt/core";

const order = JSON.parse(readFileSync(0, "utf8"));
const raw = { dsaEncoding: "ieee-p1363" };

const signerOf = (jwk) => (text) =>
  sign("sha256", Buffer.from(text), { key: createPrivateKey({ key: jwk, format: "jwk" }), ...raw })
    .toString("base64url");
const verifierOf = (jwk) => (text, signature) =>
  verify(
    "sha256",
    Buffer.from(text),
    { key: createPublicKey({ key: jwk, format: "jwk" }), ...raw },
    Buffer.from(signature, "base64url"),
  );
const sdJwt = () =>
  new SDJwtInstance({
    signer: order.issuer_private && signerOf(order.issuer_private),
    signAlg: "ES256",
    verifier: order.issuer_public && verifierOf(order.issuer_public),
    hasher: (data) => new Uint8Array(createHash("sha256").update(Buffer.from(data)).digest()),
    hashAlg: "sha-256",
    saltGenerator: () => randomBytes(16).toString("base64url"),
    kbSigner: order.holder_private && signerOf(order.holder_private),
    kbSignAlg: "ES256",
    kbVerifier: (text, signature, payload) => verifierOf(payload.cnf.jwk)(text, signature),
  });

const DEEDS = {
  async read_code() {
    const message = Sign1.decode(Buffer.from(order.code, "hex"));
    await message.verify(await COSEKey.import(Buffer.from(order.cose_key, "hex")).toKeyLike());
    return { payload: Buffer.from(message.payload).toString("hex") };
  },
  async write_code() {
    const headers = [[1, -7], [4, Buffer.from(order.kid)], [16, 61]];
    const key = createPrivateKey({ key: order.issuer_private, format: "jwk" });
    const message = await Sign1.sign(headers, new Map(), Buffer.from(order.payload, "hex"), key);
    return { code: Buffer.from(message.encode()).toString("hex") };
  },
  async read_disclosure() {
    const told = await sdJwt().verify(order.presentation, { keyBindingNonce: order.nonce });
    return { payload: told.payload, binding: told.kb?.payload };
  },
  async write_disclosure() {
    const { claims, hidden, chosen, binding } = order;
    const instance = sdJwt();
    const credential = await instance.issue(
      { ...claims, ...hidden },
      { _sd: Object.keys(hidden) },
      { header: { typ: "dc+sd-jwt", kid: order.kid } },
    );
    const frame = Object.fromEntries(chosen.map((name) => [name, true]));
    return { presentation: await instance.present(credential, frame, { kb: { payload: binding } }) };
  },
};

let answer;
try {
  answer = await DEEDS[order.deed]();
} catch (fault) {
  answer = { refused: `${fault.name}: ${fault.message}` };
}
process.stdout.write(JSON.stringify(answer));
