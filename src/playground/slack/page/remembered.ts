/** What the browser keeps between visits. A browser that keeps nothing is no problem. */
export const remembered = {
  read: (name: string): string | undefined => {
    try {
      return localStorage.getItem(`jibsa.${name}`) ?? undefined;
    } catch {
      return undefined;
    }
  },
  write: (name: string, value: string): void => {
    try {
      localStorage.setItem(`jibsa.${name}`, value);
    } catch {
      // Storage is full or switched off: the page works without it.
    }
  },
};
