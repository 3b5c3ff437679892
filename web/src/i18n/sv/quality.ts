import type { quality as english } from '../en/quality';
import type { CatalogueOf } from '../translate';

export const quality: CatalogueOf<typeof english> = {
  'quality.title': 'Anslutningskvalitet',
  'quality.good': 'Bra anslutning',
  'quality.fair': 'Hygglig anslutning',
  'quality.poor': 'Svag anslutning',
  'quality.none': 'Inga mätvärden ännu',

  'quality.because.fine': 'Ingenting står i vägen.',
  'quality.because.loss': 'Paket försvinner på vägen. Närmare Wi-Fi, eller en kabel, hjälper mest.',
  'quality.because.roundTrip': 'Vägen är lång, så svaren kommer sent. Ett VPN kan förlänga den.',
  'quality.because.jitter':
    'Paketen kommer ojämnt: nätet är upptaget. Nedladdningar och säkerhetskopior kan vänta.',
  'quality.because.frames': 'Bilderna kommer långsamt. Datorn i andra änden kan vara upptagen.',
  'quality.because.frozen': 'Bilden står stilla ibland.',
  'quality.because.sound': 'Delar av ljudet saknas.',
  'quality.because.bitrate': 'Din lina rymmer lite. Utan din kamera förblir ljudet bra.',
  'quality.because.measuring': 'Mäter. Det tar några sekunder.',
  'quality.because.interrupted': 'Det finns ingen anslutning just nu.',

  'quality.people': 'Personer i samtalet',
  'quality.alone': 'Ingen annan är här ännu',
  'quality.aloneBody': 'Mätvärden visas så snart någon ansluter.',

  'quality.route': 'Väg',
  'quality.direct': 'Direkt, {protocol}',
  'quality.relayed': 'Genom ett relä, {protocol}',
  'quality.noRoute': 'Ingen',
  'quality.received': 'Mottaget',
  'quality.sent': 'Skickat',
  'quality.picture': 'Bild',
  'quality.codecs': 'Kodekar',
  'quality.limitedBandwidth': 'Din lina är smal: bilden du skickar görs mindre.',
  'quality.limitedCpu': 'Din dator är upptagen: bilden du skickar görs mindre.',

  'quality.loss': 'Förlorade paket',
  'quality.roundTrip': 'Tur och retur',
  'quality.jitter': 'Jitter',
  'quality.frames': 'Bilder per sekund',
  'quality.frozen': 'Bilden står stilla',
  'quality.sound': 'Påhittat ljud',
  'quality.bitrate': 'Bithastighet',
  'quality.line': 'Linan dit, när den är full',

  'quality.plots': 'De senaste två minuterna',
  'quality.plotSummary': '{name}: nu {now}, som mest {most}',
  'quality.now': 'nu',
  'quality.minutes': '{count} min',
  'quality.asTable': 'Visa som tabell',
  'quality.time': 'Tid',

  'quality.thresholds': 'Vad prickarna betyder',
  'quality.thresholdsBody':
    'Det sämsta värdet avgör. Två dåliga mätningar i rad syns, fyra bra tar bort dem.',
  'quality.figure': 'Värde',
  'quality.fairFrom': 'Hygglig från',
  'quality.poorFrom': 'Svag från',
  'quality.under': 'under {value}',

  'quality.copy': 'Kopiera rapport',
  'quality.copied': 'Rapporten är kopierad. Den innehåller inga namn och inga adresser.',
  'quality.report': 'Rapport',
  'quality.check': 'Kontrollera min anslutning',
};
