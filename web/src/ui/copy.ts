/**
 * Puts a text on the clipboard; false where the browser keeps that shut. A page without https has no
 * clipboard at all, and a person may have refused it: then the text is theirs to copy by hand.
 */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
