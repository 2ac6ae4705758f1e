import { words } from './words.ts';

export const englishMen = words(
  'Adam Albert Andrew Arthur Benjamin Bernard Charles Christopher Daniel David Dylan Edward Eric Ethan Felix Francis ' +
    'Frank George Gerald Harold Harry Henry Herbert Hugh Isaac Jack Jacob James Jason Jeremy John Jonathan Joseph ' +
    'Julian Keith Kevin Lawrence Leo Lewis Liam Louis Luke Marcus Martin Matthew Max Michael Nathan Neil Nicholas ' +
    'Noah Oliver Oscar Owen Patrick Paul Peter Philip Ralph Raymond Richard Robert Roger Ryan Samuel Sean Simon ' +
    'Stephen Theodore Thomas Timothy Victor Vincent Walter William',
);

export const englishWomen = words(
  'Abigail Ada Alice Amanda Amelia Amy Andrea Angela Anna Audrey Beatrice Bella Caroline Catherine Charlotte Chloe ' +
    'Clara Daisy Diana Dorothy Edith Eleanor Elizabeth Ella Emily Emma Esther Eva Evelyn Florence Frances Freya Grace ' +
    'Hannah Harriet Hazel Helen Holly Isabel Ivy Jane Jasmine Jennifer Jessica Joanna Josephine Julia Karen Kate ' +
    'Kristina Laura Lillian Lily Louise Lucy Lydia Margaret Martha Mary Matilda Megan Mia Molly Nancy Nora Olivia ' +
    'Patricia Penelope Phoebe Rachel Rebecca Rose Ruby Sarah Sophie Stella Susan Sylvia Victoria Violet Zoe',
);

export const englishSurnames = words(
  'Adams Allen Anderson Armstrong Bailey Baker Barnes Bell Bennett Brooks Brown Butler Campbell Carter Chapman Clark ' +
    'Coleman Collins Cook Cooper Cox Davies Dixon Edwards Ellis Evans Fisher Fletcher Ford Foster Fraser Gibson Gordon ' +
    'Graham Grant Gray Green Griffin Hall Hamilton Harris Harrison Hart Harvey Hayes Henderson Hill Holmes Howard ' +
    'Hughes Hunt Hunter Jackson James Jenkins Johnson Jones Kelly Kennedy King Knight Lambert Lawson Lee Lewis Lloyd ' +
    "Marshall Martin Mason Matthews Miller Mills Mitchell Moore Morgan Morris Murphy Murray Nelson O'Brien O'Connor " +
    'Owen Palmer Parker Patterson Pearson Perry Phillips Porter Powell Price Reed Reynolds Richards Roberts Robinson ' +
    'Rogers Ross Russell Scott Shaw Simpson Smith Spencer Stevens Stewart Stone Taylor Thompson Turner Walker Wallace ' +
    'Ward Watson Webb West White Williams Wilson Wood Wright Young',
);
