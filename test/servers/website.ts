import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface SitePage {
  body: string | Buffer;
  type?: string;
  status?: number;
  headers?: Readonly<Record<string, string>>;
}

export interface TestWebsite {
  /** "http://127.0.0.1:port/" */
  url: string;
  port: number;
  /** By path, "/guides/a.html"; a change gives another ETag. */
  pages: Map<string, SitePage>;
  /** "GET /path 200", in order. */
  requests: string[];
  close(): Promise<void>;
}

/** A website as servers are: ETags, If-None-Match, a sitemap of its pages (/sitemap.xml), 404 for the rest. */
export async function startWebsite(options: { host?: string } = {}): Promise<TestWebsite> {
  const pages = new Map<string, SitePage>();
  const requests: string[] = [];
  const host = options.host ?? "127.0.0.1";
  let url = "";

  function answer(request: IncomingMessage, response: ServerResponse): number {
    const path = request.url ?? "/";
    const page: SitePage | undefined =
      path === "/sitemap.xml" && !pages.has(path)
        ? {
            body: sitemapOf([...pages.keys()].map((listed) => new URL(listed, url).href)),
            type: "application/xml",
          }
        : pages.get(path);
    if (page === undefined) {
      response.writeHead(404).end();
      return 404;
    }
    const etag = `"${createHash("sha256").update(page.body).digest("hex").slice(0, 16)}"`;
    if (request.headers["if-none-match"] === etag) {
      response.writeHead(304, { etag }).end();
      return 304;
    }
    const status = page.status ?? 200;
    response.writeHead(status, {
      "content-type": page.type ?? "text/html; charset=utf-8",
      etag,
      ...page.headers,
    });
    response.end(page.body);
    return status;
  }

  const server = createServer((request, response) => {
    requests.push(`GET ${request.url ?? ""} ${answer(request, response)}`);
  });
  await new Promise<void>((done) => server.listen(0, host, done));
  const { port } = server.address() as AddressInfo;
  url = `http://${host}:${port}/`;
  return {
    url,
    port,
    pages,
    requests,
    async close() {
      server.closeAllConnections();
      if (server.listening) await new Promise((done) => server.close(done));
    },
  };
}

const escapeXml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const sitemapOf = (urls: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls
    .map((url) => `<url><loc>${escapeXml(url)}</loc></url>`)
    .join("\n")}\n</urlset>\n`;
