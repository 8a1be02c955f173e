/** What the seed list means in French. */

import type { WordList } from './wordList.js'

export const french: WordList = {
  name: 'french',
  language: 'fr',
  phrases: [
    { phrase: 'mot de passe', forms: ['mots de passe'], match: 'anywhere', misses: ['le mot de passage', 'impasse'] },
    {
      phrase: 'clé secrète',
      forms: ['clés secrètes', 'clef secrète', 'clefs secrètes'],
      match: 'anywhere',
      misses: ['le secret de la clé', 'clé secondaire'],
    },
    {
      phrase: 'clé privée',
      forms: ['clés privées', 'clef privée', 'clefs privées'],
      match: 'anywhere',
      misses: ['vie privée', 'clé publique'],
    },
    {
      phrase: 'identifiants de connexion',
      forms: ['identifiant de connexion', "données d'identification"],
      match: 'anywhere',
      misses: ['identifiant du produit'],
    },
    {
      phrase: 'tout supprimer',
      forms: [
        'supprimer tout',
        'supprimer tous',
        'supprimer toutes',
        'supprime tout',
        'supprimez tout',
        'supprimez tous',
        'supprimez toutes',
        'tout effacer',
        'effacer tout',
        'effacer toutes',
        'effacez tout',
        'efface tout',
      ],
      match: 'anywhere',
      misses: ['supprimer cette ligne', 'tout est supprimé'],
    },
    {
      phrase: 'contourner la sécurité',
      forms: [
        'contournez la sécurité',
        'contourne la sécurité',
        'contourner les mesures de sécurité',
        'contourner les paramètres de sécurité',
        'désactiver la sécurité',
        'désactivez la sécurité',
        'désactiver les paramètres de sécurité',
        'outrepasser la sécurité',
        'annuler la sécurité',
        'ignorer la sécurité',
      ],
      match: 'anywhere',
      misses: ['assurer la sécurité', 'contourner la ville'],
    },
    {
      phrase: 'numéro de sécurité sociale',
      forms: ['numéros de sécurité sociale', "numéro d'assurance sociale"],
      match: 'anywhere',
      misses: ['la sécurité sociale', 'numéro de série'],
    },
    {
      phrase: 'données personnelles',
      forms: ['données à caractère personnel', 'donnée personnelle', 'donnée à caractère personnel'],
      match: 'anywhere',
      severity: 'normal',
      misses: ['donne personnellement', 'données du personnel navigant'],
    },
  ],
}
