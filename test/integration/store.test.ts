import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendAudit, verifyAudit } from "#src/store/audit.ts";
import { listStaleInbound, markInboundHandled, pruneInbound } from "#src/store/inbound.ts";
import { openDeliveryJournal } from "#src/store/delivery-journal.ts";
import { openInbox } from "#src/store/open-inbox.ts";
import { migrate } from "#src/store/migrate.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());

describe("migrations", () => {
  it("are applied once, also by eight replicas that start together", async () => {
    const { pool } = await postgres.createDatabase();

    const applied = await Promise.all(Array.from({ length: 8 }, () => migrate(pool)));

    expect(applied.flat()).toEqual([]);
  });

  it("refuse a database whose applied migration differs from its file", async () => {
    const { pool } = await postgres.createDatabase();
    await pool.query("update migrations set checksum = 'another'");

    await expect(migrate(pool)).rejects.toThrow("was changed after it was applied");
  });
});

describe("the audit chain", () => {
  const entry = (event: string) => ({
    actor: "U1",
    event,
    subject: "request:r1",
    detail: { gpus: 2, note: "가나" },
  });

  it("stays one chain when twenty transactions append together", async () => {
    const { store } = await postgres.createDatabase();

    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.transaction().execute((transaction) => appendAudit(transaction, entry(`event-${index}`))),
      ),
    );

    expect(await verifyAudit(store)).toEqual({ kind: "intact", rows: 20 });
  });

  it("refuses update, delete and truncate", async () => {
    const { store, pool } = await postgres.createDatabase();
    await store.transaction().execute((transaction) => appendAudit(transaction, entry("one")));

    for (const statement of ["update audit set actor = 'U2'", "delete from audit", "truncate audit"]) {
      await expect(pool.query(statement)).rejects.toThrow("append-only");
    }
  });

  it.each(["actor", "event", "subject"])(
    "names the row whose %s was changed behind its back",
    async (column) => {
      const { store } = await postgres.createDatabase();
      for (const event of ["one", "two", "three"])
        await store.transaction().execute((transaction) => appendAudit(transaction, entry(event)));
      await sql`alter table audit disable trigger audit_append_only`.execute(store);

      await sql`update audit set ${sql.ref(column)} = 'forged' where seq = 2`.execute(store);

      expect(await verifyAudit(store)).toEqual({ kind: "broken", seq: 2 });
    },
  );

  it("names the place of a removed row", async () => {
    const { store } = await postgres.createDatabase();
    for (const event of ["one", "two", "three"])
      await store.transaction().execute((transaction) => appendAudit(transaction, entry(event)));
    await sql`alter table audit disable trigger audit_append_only`.execute(store);

    await sql`delete from audit where seq = 2`.execute(store);

    expect(await verifyAudit(store)).toEqual({ kind: "broken", seq: 2 });
  });
});

describe("inbound deliveries", () => {
  const delivery = { key: "Ev1", kind: "mention", payload: { text: "안녕" } } as const;
  let folder: string;
  beforeAll(async () => {
    folder = await makeTemporaryFolder("inbox");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const open = (connectionString: string, name: string) =>
    openInbox({ connectionString, journalFile: join(folder, name), onProblem: () => {} });

  it("are new once when the same delivery comes eleven times at the same time", async () => {
    const { connectionString } = await postgres.createDatabase();
    const inbox = open(connectionString, "eleven");

    const outcomes = await Promise.all(
      Array.from({ length: 11 }, async () => (await inbox.take(delivery)).stored),
    );

    await inbox.close();
    expect(outcomes.filter((outcome) => outcome === "new")).toHaveLength(1);
  });

  it("are kept in the journal from the second on, and are rows a little later", async () => {
    const { store, connectionString } = await postgres.createDatabase();
    const inbox = open(connectionString, "second");
    (await inbox.take(delivery)).settle();

    const taken = await inbox.take({ ...delivery, key: "Ev2" });
    const journal = readFileSync(join(folder, "second"), "utf8");
    const outcome = await taken.stored;
    taken.settle();

    expect(journal).toContain('"Ev2"');
    expect(outcome).toBe("new");
    expect(await store.selectFrom("inbound").select("key").orderBy("key").execute()).toHaveLength(2);
    await inbox.close();
  });

  it("that were acknowledged just before the end are rows before the process ends", async () => {
    const { store, connectionString } = await postgres.createDatabase();
    const inbox = open(connectionString, "ending");
    (await inbox.take(delivery)).settle();
    const taken = await inbox.take({ ...delivery, key: "Ev2" });

    await inbox.close();

    expect(await taken.stored).toBe("new");
    expect(await store.selectFrom("inbound").select("key").execute()).toHaveLength(2);
  });

  it("that a process left in its journal are stored and handed over by the next one, once", async () => {
    const { store, connectionString } = await postgres.createDatabase();
    const [known, lost] = [{ ...delivery }, { ...delivery, key: "Ev2" }];
    const earlier = openDeliveryJournal(join(folder, "left")).journal;
    earlier.append(known);
    earlier.append(lost);
    earlier.close();
    await store
      .insertInto("inbound")
      .values({ ...known, payload: JSON.stringify(known.payload) })
      .execute();
    const handled: string[] = [];
    const inbox = open(connectionString, "left");

    await inbox.recover(async (key) => void handled.push(key));

    await inbox.close();
    expect(handled).toEqual(["Ev2"]);
    expect(await store.selectFrom("inbound").select("key").execute()).toHaveLength(2);
  });

  it("are refused while the database does not answer", async () => {
    const inbox = open("postgres://jibsa:none@127.0.0.1:1/jibsa", "away");

    await expect(inbox.take(delivery)).rejects.toThrow("ECONNREFUSED");

    await inbox.close();
    expect(readFileSync(join(folder, "away"), "utf8")).toBe("");
  });

  it("are stale until somebody handled them, and forgotten after a day", async () => {
    const { store, connectionString } = await postgres.createDatabase();
    const inbox = open(connectionString, "stale");
    await (
      await inbox.take({ key: "Ev1", kind: "mention", payload: {} })
    ).stored;
    await inbox.close();
    const later = new Date(Date.now() + 25 * 3_600_000);

    expect(await listStaleInbound(store, later)).toEqual(["Ev1"]);
    expect(await pruneInbound(store, later)).toBe(0);

    await markInboundHandled(store, "Ev1", new Date());

    expect(await listStaleInbound(store, later)).toEqual([]);
    expect(await pruneInbound(store, later)).toBe(1);
  });
});
