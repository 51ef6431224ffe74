import 'virtual:palette.css';
import './theme/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.js';
import { FailureScreen } from './parts/FailureScreen.js';
import { words } from './words/words.js';

document.documentElement.lang = words.language;
document.documentElement.dir = words.direction;
createRoot(document.getElementById('page')!).render(
  <StrictMode>
    <FailureScreen>
      <App />
    </FailureScreen>
  </StrictMode>,
);
