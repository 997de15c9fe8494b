// A provider of identities that others wrote (oidc-provider, certified by the OpenID Foundation), with a page of its own
// that asks who somebody is and how many factors they show. On another site than the portal: `localhost`.

import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import * as jose from "jose";
import Provider from "oidc-provider";

export const CLIENT = "hocba";
export const NAME = "Cổng định danh mẫu";
/** What the provider calls its checks of two factors. */
export const TWO = "urn:mau:hai-yeu-to";
const ACR = { two: TWO, one: "urn:mau:mot-yeu-to" };

const PAGE = `<!doctype html><html lang="vi"><title>Cổng định danh mẫu</title><form method="post">
<input name="account" id="account"><button name="how" value="two">hai yếu tố</button>
<button name="how" value="one">một yếu tố</button><button name="how" value="cancel">hủy</button></form>`;

export class IdentityProvider {
  /** Listens; nobody is answered until it knows whom it works for. */
  static async start() {
    const self = new IdentityProvider();
    self.asked = [];
    self.server = createServer((request, response) => self.answer(request, response));
    await new Promise((ready) => self.server.listen(0, "127.0.0.1", ready));
    self.issuer = `http://localhost:${self.server.address().port}`;
    return self;
  }

  /** Works for a client with this public key, which is led back to `redirect`. */
  async workFor(redirect, publicKey) {
    const { privateKey } = await jose.generateKeyPair("RS256", { extractable: true });
    const own = { ...(await jose.exportJWK(privateKey)), use: "sig", alg: "RS256" };
    const kid = await jose.calculateJwkThumbprint(publicKey);
    const client = {
      client_id: CLIENT,
      redirect_uris: [redirect],
      response_types: ["code"],
      grant_types: ["authorization_code"],
      token_endpoint_auth_method: "private_key_jwt",
      jwks: { keys: [{ ...publicKey, kid, alg: "ES256", use: "sig" }] },
    };
    this.provider = new Provider(this.issuer, {
      clients: [client],
      jwks: { keys: [own] },
      acrValues: Object.values(ACR),
      cookies: { keys: [crypto.randomUUID()] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
      findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
      loadExistingGrant: (context) => this.grant(context.oidc),
    });
    this.callback = this.provider.callback();
  }

  /** Nobody is asked what may be told: that is who they are, and nothing else. */
  async grant({ client, session }) {
    const grant = new this.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope("openid");
    await grant.save();
    return grant;
  }

  async answer(request, response) {
    this.asked.push(`${request.method} ${request.url}`);
    if (!this.provider || this.away) return response.writeHead(503).end();
    if (!request.url.startsWith("/interaction/")) return this.callback(request, response);
    if (request.method === "GET") return response.setHeader("content-type", "text/html; charset=utf-8").end(PAGE);
    const sent = new URLSearchParams(await text(request));
    const how = sent.get("how");
    const cancelled = { error: "access_denied", error_description: "<script>alert(1)</script>" };
    const login = { accountId: sent.get("account"), acr: ACR[how], ts: Math.floor(Date.now() / 1000) };
    await this.provider.interactionFinished(request, response, how === "cancel" ? cancelled : { login });
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((stopped) => this.server.close(stopped));
  }
}
