import { mount } from 'svelte';
import './style/index.css';
import { browserNetwork } from './net/network';
import { AppModel } from './state/app.svelte';
import App from './ui/App.svelte';
import { inside } from './ui/inside';

const app = new AppModel({ ...browserNetwork(window), window });

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no place for the app');
// Words that change under the eyes are worse than a moment more of nothing.
await app.locale.begin();
mount(App, { target, props: { app } });
// Side by side with finding out who is here.
inside.warm();
void app.session.start();
