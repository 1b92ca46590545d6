// Sign-in at a provider: oidc-provider, which is certified by the OpenID Foundation, on the other
// side. It runs in this program, over TLS and under another host name than the server.

import { generateKeyPairSync, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import Provider from "oidc-provider";
import { ask } from "./asking.mjs";

const { TRUNKLOG_ISSUER: ISSUER, TRUNKLOG_ISSUER_TLS: TLS, TRUNKLOG_ISSUER_SECRET: SECRET } = process.env;
/** Who the provider knows, with the values of their claim. */
const PEOPLE = { rita: ["Readers"], adam: ["Readers", "Admins"], sven: ["Others"], nora: [] };

function provider(root) {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = { ...privateKey.export({ format: "jwk" }), alg: "ES256", kid: "one", use: "sig" };
  const made = new Provider(ISSUER, {
    clients: [
      {
        client_id: "trunklog",
        client_secret: SECRET,
        redirect_uris: [`${root}/sign-in/oidc/certified/callback`],
        response_types: ["code"],
        grant_types: ["authorization_code"],
        token_endpoint_auth_method: "client_secret_post",
        id_token_signed_response_alg: "ES256",
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: [randomUUID()] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    // Roles are in the ID token, as the server wants them.
    conformIdTokenClaims: false,
    claims: { openid: ["sub", "roles"], profile: ["preferred_username"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: `${id}@contoso.example`, roles: PEOPLE[id] ?? [] }),
    }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    // The organisation's own application asks nobody for consent.
    loadExistingGrant: async (context) => {
      const { client, session } = context.oidc;
      const grant = new context.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid profile");
      await grant.save();
      return grant;
    },
  });
  const serve = made.callback();
  const page = `<!doctype html><html lang="en"><title>Provider</title><form method="post">
    <label>Login <input name="login"></label><button name="go" value="in">Continue</button>
    <button name="go" value="no">Cancel</button></form>`;
  const answer = async (request, response) => {
    if (!request.url.startsWith("/interaction/")) return serve(request, response);
    if (request.method === "GET") return response.setHeader("content-type", "text/html").end(page);
    let body = "";
    for await (const chunk of request) body += chunk;
    const form = new URLSearchParams(body);
    const result =
      form.get("go") === "in"
        ? { login: { accountId: form.get("login") } }
        : { error: "access_denied", error_description: "the person did not want to" };
    return made.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  };
  made.on("server_error", (_, error) => console.log(`the provider failed: ${error.message}`));
  return (request, response) => {
    answer(request, response).catch((error) => response.writeHead(500).end(error.message));
  };
}

// The server looks for the provider as soon as it starts, and the provider has to know where the
// server is: so it listens first, and answers when it knows.
const { hostname, port, host } = new URL(ISSUER);
let knows;
const known = new Promise((resolve) => {
  knows = resolve;
});
const [key, cert] = ["server.key", "server.pem"].map((name) => readFileSync(join(TLS, name)));
const listener = createServer({ key, cert }, async (request, response) => (await known)(request, response));
await new Promise((resolve, reject) => listener.once("error", reject).listen(Number(port), hostname, resolve));
process.env.TRUNKLOG_URL = await ask("serve");
knows(provider(process.env.TRUNKLOG_URL));
const { area, check, equal } = await import("./common.mjs");

await area("provider", async ({ arrive, done, url }) => {
  const meet = () => arrive({ hosts: [host] });
  const start = (visitor) => visitor.follow(visitor.page.getByRole("link", { name: "Sign in with certified" }));
  const logIn = async (visitor, login, button = "Continue") => {
    await visitor.page.getByLabel("Login").fill(login);
    return visitor.follow(visitor.page.getByRole("button", { name: button }));
  };
  const place = (visitor) => visitor.page.url().slice(url.length);

  const rita = await meet();
  await rita.open("/trunks");
  equal(await rita.page.locator("form").count(), 0, "forms where nobody has an account here");
  await start(rita);
  check(rita.page.url().startsWith(`${ISSUER}/interaction/`), `the provider is not asked: ${rita.page.url()}`);
  await logIn(rita, "rita");
  equal(place(rita), "/trunks", "the sign-in leads to");
  equal(await rita.page.locator(".reader span").innerText(), "rita@contoso.example", "the page names");
  const session = (await rita.context.cookies()).find((one) => one.name === "__Host-trunklog");
  check(session?.httpOnly && session.secure && session.sameSite === "Lax", "the cookie");
  done("a person of the provider signs in and gets the wanted page");

  await rita.open("/calls");
  await rita.open("/admin", 403);
  done("the provider's values open the pages that they are mapped to, and no others");

  await rita.follow(rita.page.getByRole("button", { name: "Sign out" }));
  await start(rita);
  equal(place(rita), "/", "who is still signed in at the provider gets in without a question");
  done("after a sign-out the provider may still know the person");

  const adam = await meet();
  await adam.go("/admin?tab=sessions");
  await start(adam);
  await logIn(adam, "adam");
  equal(place(adam), "/admin?tab=sessions", "the sign-in leads to");
  await adam.accessible();
  const row = adam.page.getByRole("row").filter({ hasText: "rita@contoso.example" });
  check((await row.innerText()).includes("certified"), "the sessions do not say who vouches");
  await adam.follow(row.getByRole("button").first());
  await rita.go("/");
  equal(place(rita), "/sign-in?next=%2F", "whose session was ended is led to");
  done("an administrator of the provider ends a session");

  for (const [login, button] of [
    ["sven", "Continue"],
    ["nora", "Continue"],
    ["rita", "Cancel"],
  ]) {
    const visitor = await meet();
    await visitor.go("/sign-in");
    await start(visitor);
    const answer = await visitor.expecting([403], () => logIn(visitor, login, button));
    equal(answer.status(), 403, `${button} as ${login}`);
    equal(await visitor.page.getByRole("heading").innerText(), "You are not signed in", "the page says");
    await visitor.accessible();
    equal((await visitor.context.cookies()).some((one) => one.name === "__Host-trunklog"), false, "a session");
    await visitor.context.close();
  }
  done("who has no mapped value, or does not want to, gets no session");
});
