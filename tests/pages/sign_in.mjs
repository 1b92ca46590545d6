// Accounts of the server: the first sign-in, the next ones, what is refused, and the way out.

import { address, area, check, equal, setting, totp } from "./common.mjs";

const NAME = "ada@contoso.example";

await area("sign-in", async ({ arrive, done, password, url }) => {
  const ada = await arrive();
  const { page, context } = ada;
  const path = () => new URL(page.url()).pathname + new URL(page.url()).search;
  const cookie = async (name) => (await context.cookies()).find((one) => one.name === name);

  await ada.open("/calls?range=28d");
  equal(path(), "/sign-in?next=%2Fcalls%3Frange%3D28d", "who has not signed in is led to");
  await page.getByLabel("Name").fill(NAME);
  await page.getByLabel("Password").fill("not the password at all");
  await ada.expecting([403], () => ada.follow(page.getByRole("button", { name: "Sign in" })));
  check((await page.getByRole("alert").innerText()).includes("wrong"), "a wrong password is not told");
  await ada.accessible();
  done("a page leads to the sign-in, and a wrong password is told");

  await page.getByLabel("Password").fill(password);
  await ada.follow(page.getByRole("button", { name: "Sign in" }));
  equal(path(), "/sign-in/set-up", "the first sign-in leads to");
  check(await page.getByRole("img", { name: "The key as a QR code" }).isVisible(), "no QR code is shown");
  await ada.accessible();
  const secret = await page.locator(".key code").innerText();
  const first = totp(secret);
  await page.getByLabel("The six digits that the app shows now").fill(first);
  await ada.follow(page.getByRole("button", { name: "Go on" }));
  await ada.accessible();
  const codes = await page.locator(".codes code").allInnerTexts();
  equal(codes.length, 10, "recovery codes");
  await ada.follow(page.getByRole("link", { name: "I have kept them" }));
  equal(path(), "/calls?range=28d", "after the sign-in comes");
  equal(await page.locator(".reader span").innerText(), NAME, "the page names");
  done("an app is set up, recovery codes are shown, and the wanted page comes");

  const session = await cookie("__Host-trunklog");
  check(session?.httpOnly && session.secure && session.sameSite === "Lax" && session.path === "/", "the cookie");
  equal(session.expires, -1, "the cookie ends with the browser");
  equal(await page.evaluate(() => document.cookie), "", "what scripts see of cookies");
  equal(await cookie("__Host-trunklog-sign-in"), undefined, "the cookie of the sign-in");
  done("the cookie is for this host over TLS and for no script");

  await ada.follow(page.getByRole("button", { name: "Sign out" }));
  equal(path(), "/sign-in?signed-out=1", "the sign-out leads to");
  check((await page.getByRole("status").innerText()).includes("signed out"), "the sign-out is not told");
  await ada.accessible();
  equal(await cookie("__Host-trunklog"), undefined, "the cookie after the sign-out");
  await context.addCookies([session]);
  await ada.go("/");
  equal(path(), "/sign-in?next=%2F", "a cookie of a session that has ended leads to");
  done("who signs out is out, also with the old cookie");

  /** Signs in as far as to the code. */
  const half = async (visitor, base) => {
    await visitor.go(`${base}/sign-in?next=%2Ftrunks`);
    await visitor.page.getByLabel("Name").fill(NAME.toUpperCase());
    await visitor.page.getByLabel("Password").fill(password);
    await visitor.follow(visitor.page.getByRole("button", { name: "Sign in" }));
    equal(new URL(visitor.page.url()).pathname, "/sign-in/totp", "the password leads to");
    return visitor.page.getByLabel("The six digits that your authenticator app shows now");
  };
  const go = (visitor) => visitor.follow(visitor.page.getByRole("button", { name: "Go on" }));

  let code = await half(ada, url);
  await ada.accessible();
  await code.fill(first);
  await ada.expecting([403], () => go(ada));
  check((await page.getByRole("alert").innerText()).includes("used already"), "an old code is not told");
  await ada.accessible();
  // The server takes the next code, too, for an app whose clock is fast: nobody has to wait for it.
  await code.fill(totp(secret, Date.now() / 1000 + 30));
  await go(ada);
  equal(path(), "/trunks", "the second sign-in leads to");
  const second = await cookie("__Host-trunklog");
  check(second.value !== session.value, "both sessions have the same name");
  done("a code counts once, and each sign-in makes a new session");

  const other = await arrive();
  code = await half(other, url);
  await code.fill(codes[0]);
  await go(other);
  equal(await other.page.locator(".reader span").innerText(), NAME, "a recovery code signs in");
  const third = await arrive();
  code = await half(third, url);
  await code.fill(codes[0]);
  await third.expecting([403], () => go(third));
  await ada.go("/trunks");
  equal(path(), "/trunks", "sessions in other browsers go on");
  done("a recovery code signs in once");

  const plain = setting("TRUNKLOG_PLAIN_URL");
  const here = await arrive({ hosts: [new URL(plain).host] });
  code = await half(here, plain);
  await code.fill(codes[1]);
  await go(here);
  equal(here.page.url(), `${plain}/trunks`, "without TLS on this machine, the sign-in leads to");
  const loopback = (await here.context.cookies()).find((one) => one.name === "trunklog");
  check(loopback?.httpOnly && !loopback.secure && loopback.sameSite === "Lax", "the cookie without TLS");
  done("on this machine people sign in without TLS, with a cookie of another name");

  const stranger = await arrive();
  await stranger.open("/sign-in?next=https%3A%2F%2Fevil.example%2F");
  equal(await stranger.page.locator('input[name="next"]').inputValue(), "/", "another server as the next page");
  await stranger.go("/sign-in/totp");
  equal(stranger.page.url(), address("/sign-in?over=1"), "a code without a password leads to");
  await stranger.accessible();
  done("nobody is led to another server, nor past the password");
});
