import { sendLoad, type Load } from './send-load.ts';

/** Sends what it is told to, in a process of its own: see load-generator.ts. */
process.on('message', (load: Load) => {
  void sendLoad(load).then((sent) => process.send?.(sent));
});
process.on('disconnect', () => process.exit());
