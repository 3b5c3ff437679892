import { mount } from 'svelte';
import './style/index.css';
import { browserNetwork } from './net/network';
import { AppModel } from './state/app.svelte';
import App from './ui/App.svelte';

const app = new AppModel({ ...browserNetwork(window), window });

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no place for the app');
mount(App, { target, props: { app } });
void app.session.start();
