import { createRoot } from 'react-dom/client';
import { App } from './pages/App';
import './pages/base.css';

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
