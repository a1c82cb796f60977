// The region's sign-in, played by oidc-provider: unreal people, one client, keys that rotate when
// they are told to. Says its port on the first line; ends with its standard input.

import { createServer } from "node:http";
import { generateKeyPairSync } from "node:crypto";
import { Provider } from "oidc-provider";

const [back, algorithm = "ES256"] = process.argv.slice(2);

const PEOPLE = {
  aygul: {
    name: "测试·阿依古丽",
    id_number: "653001199003070022",
    id_kind: "resident",
    phone_number: "13800000001",
  },
  nobody: {},
};

function key(kid) {
  const made =
    algorithm === "RS256"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...made.privateKey.export({ format: "jwk" }), kid, alg: algorithm, use: "sig" };
}

function provider(issuer, kid) {
  const made = new Provider(issuer, {
    clients: [
      {
        client_id: "city",
        client_secret: "a-secret-of-the-test-and-of-nobody",
        redirect_uris: [back],
        grant_types: ["authorization_code"],
        response_types: ["code"],
        id_token_signed_response_alg: algorithm,
        token_endpoint_auth_method: "client_secret_basic",
      },
    ],
    jwks: { keys: [key(kid)] },
    cookies: { keys: ["of-the-test"] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
    scopes: ["openid", "profile", "phone", "identity"],
    claims: {
      openid: ["sub", "acr"],
      profile: ["name"],
      phone: ["phone_number"],
      identity: ["id_number", "id_kind"],
    },
    acrValues: ["L3"],
    async findAccount(context, id) {
      return {
        accountId: id,
        claims: async () => ({ sub: id, acr: "L3", ...PEOPLE[id] }),
      };
    },
  });
  return made.callback();
}

let serve;
const server = createServer((request, answer) => {
  if (request.url === "/rotate") {
    serve = provider(issuer, `key-${Date.now()}`);
    answer.end("rotated");
    return;
  }
  serve(request, answer);
});
let issuer;
server.listen(0, "127.0.0.1", () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  serve = provider(issuer, "key-1");
  console.log(server.address().port);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
