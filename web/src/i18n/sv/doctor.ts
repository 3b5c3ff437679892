import type { doctor as english } from '../en/doctor';
import type { CatalogueOf } from '../translate';

export const doctor: CatalogueOf<typeof english> = {
  'doctor.title': 'Anslutningstest',
  'doctor.intro': 'Provar allt som ett samtal behöver, från den här webbläsaren, på det här nätet.',
  'doctor.start': 'Starta testet',
  'doctor.again': 'Testa igen',
  'doctor.startHint':
    'Det tar mindre än en minut. Webbläsaren kan fråga om mikrofonen och kameran; båda stängs genast igen, och ingenting spelas in.',
  'doctor.progress': 'Testar: {check}',
  'doctor.copy': 'Kopiera rapport',
  'doctor.copied': 'Rapporten är kopierad. Den innehåller inga namn och inga adresser.',
  'doctor.report': 'Rapport',
  'doctor.fix': 'Gör så här',
  'doctor.asked': 'Frågad förgäves',

  'doctor.verdict.fine': 'Samtal kommer att fungera',
  'doctor.verdict.fineBody': 'Där ingen direkt väg finns tar ett relä över.',
  'doctor.verdict.open': 'Samtal fungerar där näten tillåter det',
  'doctor.verdict.openBody':
    'Den här servern har inget relä. Personer bakom strikta brandväggar kan vara utom räckhåll.',
  'doctor.verdict.listen': 'Du kan lyssna och titta',
  'doctor.verdict.listenBody': 'Ingen kan höra eller se dig förrän en enhet fungerar.',
  'doctor.verdict.risky': 'Samtal kan misslyckas',
  'doctor.verdict.riskyBody':
    'Inget relä fungerar härifrån. Samtal behöver en direkt väg till varje person.',
  'doctor.verdict.blocked': 'Samtal fungerar inte här',
  'doctor.verdict.blockedBody': 'Något nedan står i vägen. Varje rad säger vad du kan göra.',
  'doctor.verdict.partial': 'Testat så långt det går',
  'doctor.verdict.partialBody': 'Logga in för att även testa vägarna till andra personer.',

  'doctor.group.server': 'Server',
  'doctor.group.ways': 'Vägar till andra',
  'doctor.group.here': 'Den här enheten',

  'doctor.socket': 'Direktanslutning',
  'doctor.stun': 'Hitta din adress (STUN)',
  'doctor.turnUdp': 'Relä över UDP',
  'doctor.turnTcp': 'Relä över TCP',
  'doctor.turnTls': 'Relä över TLS',
  'doctor.media': 'Skicka och visa bilder',
  'doctor.microphone': 'Mikrofon',
  'doctor.camera': 'Kamera',

  'doctor.at.waiting': 'Inte testat ännu',
  'doctor.at.running': 'Testar',
  'doctor.at.ok': 'Fungerar',
  'doctor.at.partly': 'Som det ska här',
  'doctor.at.failed': 'Fungerar inte',
  'doctor.at.absent': 'Inte inställt',
  'doctor.at.locked': 'Logga in för att testa',
  'doctor.atCodec': 'Fungerar, med {codec}',
  'doctor.ms': '{ms} ms',

  'doctor.absent.stun': 'Servern anger ingen STUN-server. Samtal på samma nät klarar sig utan.',
  'doctor.absent.turn': 'Servern erbjuder inget relä av det här slaget.',

  'doctor.socket.blocked': 'Direktanslutningen öppnas inte.',
  'doctor.socket.blockedFix':
    'En proxy, ett VPN eller ett webbläsartillägg kan blockera websocket. Stäng av det för den här sidan, eller prova ett annat nät.',
  'doctor.socket.mute': 'Direktanslutningen öppnas, och ingenting kommer tillbaka.',
  'doctor.socket.muteFix':
    'Något mellan dig och servern håller tillbaka data. Prova ett annat nät, eller säg till driftansvarig.',
  'doctor.unasked': 'Servern kunde inte tillfrågas om vilka vägar som finns.',
  'doctor.unaskedFix': 'Kontrollera direktanslutningen först och testa sedan igen.',
  'doctor.stun.plain':
    'Ingen annan adress syntes. Det är rätt när ingenting står mellan dig och servern.',
  'doctor.stun.silent': 'STUN-servern svarar inte.',
  'doctor.stun.silentFix':
    'Den är nere, eller så blockerar ditt nät UDP. Om reläet över UDP fungerar nedan, säg till driftansvarig; annars prova ett annat nät.',
  'doctor.stun.someSilent': 'En STUN-server svarar, en annan inte.',
  'doctor.stun.someSilentFix':
    'Driftansvarig måste starta den igen eller ta bort den ur inställningarna. Samtal fungerar under tiden, men kan börja senare.',
  'doctor.turn.onLoopback':
    'Reläet svarar. Det körs på just den här maskinen och vägrar skicka till sig självt.',
  'doctor.turn.allocated': 'Reläet svarar, men ingenting kommer igenom.',
  'doctor.turn.allocatedFix': 'Driftansvarig måste öppna reläets UDP-portar i serverns brandvägg.',
  'doctor.turn.refused': 'Reläet godtar inte uppgifterna.',
  'doctor.turn.refusedFix':
    'Driftansvarig måste ge reläet och servern samma hemlighet, och rätt tid.',
  'doctor.turnUdp.silent': 'Reläet svarar inte över UDP.',
  'doctor.turnUdp.silentFix':
    'Ditt nät kan blockera UDP, eller så är reläet nere. Raderna nedan visar om TCP eller TLS kommer fram.',
  'doctor.turnTcp.silent': 'Reläet svarar inte över TCP.',
  'doctor.turnTcp.silentFix':
    'En brandvägg kan släppa igenom bara webbtrafik, eller så är reläet nere. TLS kommer oftast fram.',
  'doctor.turnTls.silent': 'Reläet svarar inte över TLS.',
  'doctor.turnTls.silentFix':
    'Driftansvarig måste ge reläet ett certifikat som webbläsare litar på; eller så är det nere.',
  'doctor.media.notConnected': 'Webbläsaren ansluter inte, inte ens till sig själv.',
  'doctor.media.notConnectedFix':
    'Ett tillägg, en integritetsinställning eller en företagsregel kan förbjuda WebRTC. Tillåt det, eller använd en annan webbläsare.',
  'doctor.media.nothingDecoded': 'Anslutningen fungerar, men ingen bild kommer ut.',
  'doctor.media.nothingDecodedFix':
    'Starta om webbläsaren, och stäng av maskinvaruacceleration om det inte hjälper.',
  'doctor.unsupported': 'Webbläsaren klarar inte det.',
  'doctor.unsupportedFix': 'Använd en aktuell Firefox, Chrome, Edge eller Safari.',
  'doctor.device.insecure': 'Webbläsare ger enheter bara till sidor över https.',
  'doctor.device.insecureFix': 'Öppna sidan över https. Fråga driftansvarig efter den adressen.',
  'doctor.device.denied': 'Du eller din webbläsare sa nej.',
  'doctor.device.deniedFix':
    'Tillåt den med ikonen bredvid adressen, eller i systemets inställningar, och testa igen.',
  'doctor.device.missing': 'Ingen hittades.',
  'doctor.device.missingFix': 'Anslut en och testa igen. Samtal fungerar även utan.',
  'doctor.device.busy': 'Ett annat program använder den.',
  'doctor.device.busyFix': 'Stäng det programmet och testa igen.',
  'doctor.device.failed': 'Den startar inte.',
  'doctor.device.failedFix': 'Dra ur den och sätt i den igen, eller starta om webbläsaren.',
  'doctor.device.unanswered': 'Webbläsaren frågade, och ingen svarade.',
  'doctor.device.unansweredFix': 'Testa igen, och tillåt när webbläsaren frågar.',
};
