import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startDeliveryStage, type DeliveryStage, type Heard } from '../support/delivery-stage.ts';
import { eventually } from '../support/eventually.ts';
import { randomFrom } from '../support/random.ts';
import { accept, hang, withStatus, type Answer } from '../support/start-receiver.ts';

let stage: DeliveryStage;
beforeAll(async () => {
  stage = await startDeliveryStage({ deliveryPace: { lingerMs: 200, orderWaitMs: 300 } });
});
afterAll(() => stage.close());
afterEach(() => stage.clear());

const untilAccepted = (heard: Heard, events: readonly string[]) =>
  eventually(
    () => {
      const accepted = new Set(heard.accepted());
      return events.every((event) => accepted.has(event));
    },
    { describe: `${events.length} events to be accepted` },
  );

const accountsOf = async (count: number): Promise<string[]> =>
  await Promise.all(Array.from({ length: count }, () => stage.account()));

describe('one bad event', () => {
  const badAnswers: readonly (readonly [string, Answer])[] = [
    ['is refused', withStatus(500)],
    ['makes the receiver hang', hang],
  ];
  it.each(badAnswers)('that %s holds up none behind it', async (_, badAnswer) => {
    let bad: string | undefined;
    const heard = await stage.listen((one, response) => {
      bad ??= one.id;
      return (one.id === bad ? badAnswer : accept)(one, response);
    });
    const [account = '', other = ''] = await accountsOf(2);
    const [first = '', ...behind] = await stage.happen(account, 40);
    const ofOther = await stage.happen(other, 40);
    await untilAccepted(heard, [...behind, ...ofOther]);
    expect(bad).toBe(first);
    // And those that come while it still hangs, or waits for its next attempt.
    await untilAccepted(heard, await stage.happen(account, 3));
    const pending = async (): Promise<string[]> =>
      (await stage.deliveries(heard.endpointId))
        .filter(({ status }) => status === 'pending')
        .map(({ event_id: id }) => id);
    await expect.poll(pending).toEqual([first]);
    expect((await stage.endpoint(heard.endpointId)).status).toBe('enabled');
  });

  it('of several does not slow the endpoint down, as long as others are accepted', async () => {
    const bad = new Set<string>();
    const heard = await stage.listen((one, response) => {
      const isBad = bad.has(one.id) || one.body.sequence % 4 === 0;
      if (isBad) bad.add(one.id);
      return (isBad ? withStatus(500) : accept)(one, response);
    });
    const events = await stage.happen(await stage.account(), 100);
    const good = events.filter((_, index) => (index + 1) % 4 !== 0);
    await untilAccepted(heard, good);
    expect(heard.accepted()).toHaveLength(good.length);
  });
});

describe('a receiver that answers when it likes', () => {
  it('is sent the events of each account in their order, of several accounts side by side', async () => {
    const seed = Date.now();
    console.info(`seed ${seed}`);
    const random = randomFrom(seed);
    let underWay = 0;
    let most = 0;
    const slow: Answer = (_, response) => {
      underWay += 1;
      most = Math.max(most, underWay);
      setTimeout(
        () => {
          underWay -= 1;
          response.writeHead(204).end();
        },
        Math.floor(random() * 40),
      );
    };
    const heard = await stage.listen(slow);
    const accounts = await accountsOf(8);
    const events: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const happened = accounts.map((id) => stage.happen(id, 1 + Math.floor(random() * 8)));
      events.push(...(await Promise.all(happened)).flat());
    }
    await untilAccepted(heard, events);
    expect(heard.received).toHaveLength(events.length);
    for (const account of accounts) {
      const sequences = heard.received
        .filter(({ body }) => body.account_id === account)
        .map(({ body }) => body.sequence);
      expect(sequences).toEqual(sequences.map((_, index) => index + 1));
    }
    expect(most).toBeGreaterThan(1);
  });
});

describe('an endpoint that hangs', () => {
  it('holds up no other, nor do twenty of them', async () => {
    const well = await stage.listen();
    const account = await stage.account();
    const one = await stage.listen(hang);
    await untilAccepted(well, await stage.happen(account, 30));

    const others = await Promise.all(Array.from({ length: 19 }, () => stage.listen(hang)));
    const events = await stage.happen(account, 60);
    await untilAccepted(well, events);
    const hanging = [one, ...others];
    await eventually(() => hanging.every(({ received }) => received.length > 0));
    // While all of them hang.
    await untilAccepted(well, await stage.happen(account, 30));
    for (const { accepted } of hanging) expect(accepted()).toEqual([]);
    for (const { endpointId } of hanging) {
      const waiting = await stage.deliveries(endpointId);
      expect(waiting.every(({ status }) => status === 'pending')).toBe(true);
    }
  });
});
