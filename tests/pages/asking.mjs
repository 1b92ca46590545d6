// Questions to the test that runs a program: lines that start with a question mark, each of which
// gets a line for an answer.

import { createInterface } from "node:readline";

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Asks the test for something, and gives its answer. */
export async function ask(what) {
  console.log(`? ${what}`);
  return (await answers.next()).value;
}
