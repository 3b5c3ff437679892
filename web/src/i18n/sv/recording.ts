import type { recording as english } from '../en/recording';
import type { CatalogueOf } from '../translate';

export const recording: CatalogueOf<typeof english> = {
  'recording.title': 'Inspelningar',
  'recording.subtitle':
    'Sparas bara på den här enheten. Ingen annan ser dem om du inte delar filen.',

  'recording.record': 'Spela in',
  'recording.stop': 'Stoppa inspelningen',
  'recording.starting': 'Inspelningen startar',
  'recording.finishing': 'Inspelningen sparas',
  'recording.choose': 'Vad som spelas in',
  'recording.everyone': 'Alla och det som delas',
  'recording.onlyScreen': 'Bara den delade skärmen, med allas röster',
  'recording.onlySelf': 'Bara du',
  'recording.underWay': 'Spelar in, {time}',
  'recording.pauseShort': 'Pausa',
  'recording.resumeShort': 'Fortsätt',
  'recording.pause': 'Pausa inspelningen',
  'recording.resume': 'Fortsätt inspelningen',
  'recording.paused': 'Inspelningen är pausad, {time}',
  'recording.more': 'Val för inspelningen',
  'recording.pausedBy': '{names} har pausat inspelningen av samtalet',
  'recording.pausedByYou': 'Din inspelning är pausad',
  'recording.goOn': 'Visa inspelningen',

  'recording.new': 'Ny inspelning',
  'recording.newBody': 'Välj vad som spelas in. Du kan slå på och av allt under tiden.',
  'recording.screen': 'Skärm',
  'recording.camera': 'Kamera',
  'recording.microphone': 'Mikrofon',
  'recording.preview': 'Förhandsvisning av inspelningen',
  'recording.startScreen': 'Spela in en skärm',
  'recording.startCamera': 'Spela in kameran',

  'recording.emptyTitle': 'Inga inspelningar än',
  'recording.emptyBody':
    'Spela in skärmen eller kameran här, eller välj Spela in i ett samtal. Allt stannar på den här enheten.',
  'recording.failedTitle': 'Inspelningarna kan inte läsas',
  'recording.failedBody':
    'Webbläsaren lät inte sidan se sina filer, som ofta i privata fönster. Försök igen, eller öppna ett vanligt fönster.',
  'recording.unsupportedTitle': 'Den här webbläsaren kan inte spela in',
  'recording.unsupportedBody':
    'Den här webbläsaren kan inte spela in, eller sparar inga filer åt sidan. Använd en aktuell version av Chrome, Edge, Firefox eller Safari.',

  'recording.play': 'Spela upp {title}',
  'recording.playing': 'Spelare',
  'recording.actions': 'Åtgärder för {title}',
  'recording.rename': 'Byt namn',
  'recording.renameTitle': 'Byt namn på inspelningen',
  'recording.name': 'Namn',
  'recording.download': 'Ladda ner',
  'recording.delete': 'Ta bort',
  'recording.deleteTitle': 'Ta bort inspelningen?',
  'recording.deleteBody':
    '”{title}” ({size}) försvinner från enheten för gott. Det finns ingen annan kopia.',
  'recording.deleted': 'Inspelningen är borttagen.',
  'recording.guestTitle': {
    one: 'Ta bort din inspelning och logga ut?',
    other: 'Ta bort dina {count} inspelningar och logga ut?',
  },
  'recording.guestBody':
    'Du är här som gäst, och en gäst som loggar ut kan inte öppna sina inspelningar ({size}) igen. Ladda först ner det du vill behålla.',
  'recording.guestConfirm': 'Ta bort och logga ut',
  'recording.guestShow': 'Visa inspelningarna',
  'recording.ofCall': 'Samtal',
  'recording.ofOneself': 'Inspelning',
  'recording.inTab': 'Spelas in i en flik',
  'recording.notFinished': 'Inte färdig',
  'recording.notFinishedBody':
    'Fliken stängdes innan inspelningen var slut. Det som spelades in är i säkerhet.',
  'recording.rescue': 'Gör färdig',
  'recording.rescuing': 'Görs färdig',
  'recording.rescued': 'Inspelningen är hel igen.',
  'recording.rescueFull':
    'Det behövs lika mycket ledigt utrymme som inspelningen tar. Ta bort andra först och försök igen.',
  'recording.rescueFailed':
    'Inspelningen kunde inte göras färdig. Du kan ändå ladda ner den som den är.',

  'recording.used': '{used} används på enheten',
  'recording.left': '{left} kvar',
  'recording.notLasting':
    'Webbläsaren kan rensa inspelningar när enheten får ont om utrymme. Ladda ner det du vill behålla.',

  'recording.saved': 'Inspelningen är sparad på den här enheten.',
  'recording.noRoom':
    'Det finns för lite utrymme kvar på enheten för att spela in. Ta bort gamla inspelningar eller andra filer först.',
  'recording.full':
    'Enheten är full, så inspelningen stoppades. Det som spelades in är i säkerhet.',
  'recording.failed':
    'Inspelningen stoppades eftersom webbläsaren inte kunde fortsätta. Det som skrevs är i säkerhet.',
  'recording.unfinished':
    'Inspelningen är i säkerhet men inte färdig. Du hittar den under Inspelningar, med en knapp för att göra den färdig.',
};
