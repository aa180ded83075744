/** Where the sources leave something open or contradict each other. Each row is a fact that can be looked up and changed. */

/** Names of the population list that mail and people write otherwise: state, the list's name, the name shown. The list's stays findable. */
export const RENAMED_CITIES = [
  ['NY', 'New York City', 'New York'],
  ['NY', 'The Bronx', 'Bronx'],
  ['DC', 'Washington, D.C.', 'Washington'],
  ['KY', 'Lexington-Fayette', 'Lexington'],
  ['CT', 'City of Milford (balance)', 'Milford'],
] as const;

/** Further names under which a city is looked for: state, name shown, other name. */
export const CITY_ALIASES = [['NY', 'New York', 'NYC']] as const;

/**
 * ZIPs that GeoNames still files under a county that is gone. Connecticut's old counties were replaced by planning regions in
 * 2022: each of these ZIPs lies in the town named, and towns do not straddle regions.
 */
export const ZIP_COUNTIES: Readonly<Record<string, string>> = {
  '06066': '09110', // Vernon
  '06255': '09150', // Thompson
  '06268': '09110', // Mansfield
  '06269': '09110', // Mansfield
  '06279': '09110', // Willington
  '06333': '09180', // East Lyme
  '06334': '09180', // Bozrah
  '06481': '09130', // Middlefield
  '06777': '09160', // Washington
  '06794': '09160', // Washington
  '06875': '09190', // Redding
  '99689': '02282', // Yakutat, a borough of its own since 1992
};

/** Counties whose names no source gives in full. */
export const COUNTY_NAMES: Readonly<Record<string, string>> = {
  '02105': 'Hoonah-Angoon Census Area',
  '02158': 'Kusilvak Census Area',
  '02198': 'Prince of Wales-Hyder Census Area',
  '02230': 'Skagway Municipality',
  '02275': 'Wrangell City and Borough',
  '02282': 'Yakutat City and Borough',
  '66010': 'Guam',
  '69100': 'Rota Municipality',
  '69110': 'Saipan Municipality',
  '69120': 'Tinian Municipality',
  '72001': 'Adjuntas Municipio',
  '72049': 'Culebra Municipio',
  '72055': 'Guánica Municipio',
  '72073': 'Jayuya Municipio',
  '72083': 'Las Marías Municipio',
  '72093': 'Maricao Municipio',
  '72147': 'Vieques Municipio',
  '78010': 'St. Croix Island',
  '78020': 'St. John Island',
  '78030': 'St. Thomas Island',
};

/**
 * The county of a post office in the territories, which GeoNames' postal file leaves out. A Puerto Rican post office that bears
 * the name of its municipio is found by that name; these bear another. American Samoa's one ZIP spans its districts: unknown.
 */
export const TERRITORY_COUNTIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  PR: {
    Angeles: '72141', // Utuado
    Bajadero: '72013', // Arecibo
    Boqueron: '72023', // Cabo Rojo
    Castaner: '72081', // Lares
    'Coto Laurel': '72113', // Ponce
    Ensenada: '72055', // Guánica
    'Fort Buchanan': '72061', // Guaynabo
    Garrochales: '72013', // Arecibo
    'La Plata': '72009', // Aibonito
    Mercedita: '72113', // Ponce
    Palmer: '72119', // Río Grande
    'Parc Parque': '72123', // Salinas
    'Puerto Real': '72053', // Fajardo
    'Punta Santiago': '72069', // Humacao
    'Rio Blanco': '72103', // Naguabo
    'Roosevelt Roads': '72037', // Ceiba
    Rosario: '72125', // San Germán
    'Sabana Hoyos': '72013', // Arecibo
    'Sabana Seca': '72137', // Toa Baja
    'Saint Just': '72139', // Trujillo Alto
    'San Antonio': '72005', // Aguadilla
  },
  VI: {
    Christiansted: '78010',
    Frederiksted: '78010',
    Kingshill: '78010',
    'St John': '78020',
    'St Thomas': '78030',
  },
  MP: { Rota: '69100', Saipan: '69110', Tinian: '69120' },
};

/** Independent states whose mail the USPS carries under US ZIPs; the Census files leave them out. */
export const FREELY_ASSOCIATED_STATES = [
  ['FM', 'Federated States of Micronesia'],
  ['MH', 'Marshall Islands'],
  ['PW', 'Palau'],
] as const;
