import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LocalMediaSetup, settled } from '../../../test/media/local_media_setup';
import { cameras, everything, microphones } from '../../../test/media/scripted_devices';

test('whatever a person does, and in whatever order browsers answer, nothing stays open unseen', async () => {
  const one = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
  const deeds = fc.oneof(
    { weight: 3, arbitrary: fc.constant(['wait'] as const) },
    { weight: 3, arbitrary: fc.tuple(fc.constant('camera' as const), fc.boolean()) },
    fc.tuple(fc.constant('microphone' as const), fc.boolean()),
    fc.tuple(fc.constant('choose' as const), one([...microphones, ...cameras])),
    fc.tuple(
      fc.constant('plug' as const),
      fc.subarray([...microphones, ...cameras]),
      fc.constantFrom(100, 60_000),
    ),
    fc.tuple(fc.constant('busy' as const), one(cameras)),
    fc.tuple(fc.constant('deny' as const), one(['microphone', 'camera'] as const)),
    fc.tuple(fc.constant('share' as const), fc.boolean()),
    fc.tuple(fc.constant('pick' as const), one(['screen with sound', 'nothing'] as const)),
    fc.tuple(fc.constant('open' as const), one(['call', 'settings'] as const)),
    fc.tuple(fc.constant('release' as const), one(['call', 'settings'] as const)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(deeds, { minLength: 1, maxLength: 25 }),
      one(['chromium', 'android'] as const),
      async (scheduler, script, family) => {
        const setup = new LocalMediaSetup({
          family,
          plugged: [...microphones, ...cameras],
          pause: (label) => scheduler.schedule(Promise.resolve(), label),
        });
        const { model, browser } = setup;
        let cameraOff = false;
        const doing: Promise<unknown>[] = [];
        for (const deed of script) {
          switch (deed[0]) {
            case 'wait':
              if (scheduler.count() > 0) await scheduler.waitOne();
              break;
            case 'camera':
              cameraOff = !deed[1];
              doing.push(model.setCamera(deed[1]));
              break;
            case 'microphone':
              doing.push(model.setMicrophone(deed[1]));
              break;
            case 'choose':
              doing.push(
                model.choose(deed[1].kind === 'audioinput' ? 'microphone' : 'camera', deed[1].id),
              );
              break;
            case 'plug':
              setup.now += deed[2];
              browser.plug(deed[1]);
              break;
            case 'busy':
              if (!browser.busy.delete(deed[1].id)) browser.busy.add(deed[1].id);
              break;
            case 'deny':
              if (!browser.denied.delete(deed[1])) browser.denied.add(deed[1]);
              break;
            case 'share':
              doing.push(model.shareScreen(deed[1]));
              break;
            case 'pick':
              browser.picks = deed[1];
              break;
            case 'open':
              doing.push(model.openAll(deed[1]));
              break;
            case 'release':
              model.release(deed[1]);
              break;
            default:
              deed satisfies never;
          }
          // Off is off at once, whatever still opens.
          if (cameraOff) expect(model.camera).toBeNull();
        }
        await quiet(scheduler);
        await Promise.all(doing);
        await quiet(scheduler);
        expect(setup.leaked).toEqual([]);
        expect(Object.values(model.asking)).toEqual([false, false, false]);
        for (const track of Object.values(model.sending())) {
          expect(track?.readyState ?? 'live').toBe('live');
        }
        if (model.microphone) expect(model.microphone.enabled).toBe(!model.muted);
        if (cameraOff) expect(model.camera).toBeNull();

        // Whatever was before, what one wants now is what one gets.
        browser.busy.clear();
        browser.denied.clear();
        setup.now += 60_000;
        browser.plug(everything);
        await quiet(scheduler);
        const last = [model.setCamera(true), model.choose('camera', 'c1')];
        last.push(model.choose('camera', 'c2'));
        await quiet(scheduler);
        await Promise.all(last);
        expect(model.camera?.getSettings().deviceId).toBe('c2');
        expect(setup.leaked).toEqual([]);

        model.release('settings');
        model.release('call');
        await quiet(scheduler);
        expect(browser.live).toEqual([]);
        expect(setup.ears.size).toBe(0);
      },
    ),
    { numRuns: 1500 },
  );
});

/** Until no question is open any more. */
async function quiet(scheduler: fc.Scheduler): Promise<void> {
  await settled();
  while (scheduler.count() > 0) {
    await scheduler.waitOne();
    await settled();
  }
}
