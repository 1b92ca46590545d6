// Signs people in for the first time, each in a browser of their own, and prints the cookie of each.
//
// TRUNKLOG_PEOPLE has a line for each: the name, a blank, and the first password.

import { createHmac, randomBytes } from "node:crypto";
import { lines, newPerson, tell, URL_OF_SERVER, withBrowser } from "./common.mjs";

/** The code that an authenticator app shows now (RFC 6238). */
function totp(secret) {
  const letters = [...secret.replace(/\s/g, "")];
  const bits = letters.map((letter) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
  );
  const bytes = bits.join("").match(/.{8}/g).map((byte) => Number.parseInt(byte, 2));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const tag = createHmac("sha1", Buffer.from(bytes)).update(step).digest();
  const word = tag.readUInt32BE(tag[19] & 0x0f) & 0x7fffffff;
  return String(word % 1_000_000).padStart(6, "0");
}

async function signIn(page, name, first) {
  await page.goto(new URL("/sign-in", URL_OF_SERVER).href);
  await page.locator("#name").fill(name);
  await page.locator("#password").fill(first);
  await page.locator("main form button").click();
  await page.waitForURL("**/sign-in/set-up");
  const secret = await page.locator(".key code").innerText();
  const chosen = randomBytes(24).toString("base64url");
  await page.locator("#password").fill(chosen);
  await page.locator("#again").fill(chosen);
  await page.locator("#code").fill(totp(secret));
  await page.locator("main form button").click();
  // Recovery codes are shown to who is in.
  await page.locator(".codes").waitFor();
}

await withBrowser(async (browser) => {
  for (const line of lines("TRUNKLOG_PEOPLE")) {
    const [name, first] = line.split(" ");
    const { context, page } = await newPerson(browser);
    await signIn(page, name, first);
    const cookie = (await context.cookies(URL_OF_SERVER)).find((found) => found.name === "trunklog");
    if (!cookie) throw new Error(`${name} got no cookie`);
    tell({ name, cookie: `${cookie.name}=${cookie.value}` });
    await context.close();
  }
});
